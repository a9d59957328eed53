import type { Type } from '@nestjs/common';
import type { DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import { taskDefinitionOf } from './definitions/task-definition.js';
import type { TaskRegistry } from './definitions/task-registry.js';
import { InvalidTaskOptionError } from './errors/tasks.errors.js';
import { type TaskDeclaration, tasksOf } from './metadata/tasks.metadata.js';
import { TaskContext } from './running/task-context.js';
import type { PeriodicRegistry } from './scheduling/periodic-registry.js';
import { slotPlanOf } from './scheduling/slot-plan.js';
import type { ResolvedTasksOptions } from './tasks.options.js';

/** Finds the tasks of an application's providers. */
export class TasksExplorer {
  readonly #instances = new Map<Function, object>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly contexts: ExternalContextCreator,
    private readonly registry: TaskRegistry,
    private readonly periodic: PeriodicRegistry,
    private readonly options: Pick<ResolvedTasksOptions, 'defaults' | 'timezone'>,
  ) {}

  /** The provider of that class. */
  instanceOf(type: Type<object>): object | undefined {
    return this.#instances.get(type);
  }

  /** Makes the tasks known. @throws InvalidTaskOptionError */
  explore(): void {
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const { metatype: type } = wrapper;
      if (typeof type !== 'function' || wrapper.isNotMetatype || this.#instances.has(type)) continue;
      const tasks = tasksOf(type);
      if (tasks.length === 0) continue;
      const instance: unknown = wrapper.instance;
      if (!wrapper.isDependencyTreeStatic() || typeof instance !== 'object' || instance === null) {
        throw new InvalidTaskOptionError(
          `${type.name} has tasks and is made anew for each request.`,
          'Give it the default scope.',
        );
      }
      this.#instances.set(type, instance);
      for (const task of tasks) this.#add(type, instance, task);
    }
  }

  #add(type: Function, instance: object, { method, options, periodic }: TaskDeclaration): void {
    const { defaults, timezone } = this.options;
    const callback = Reflect.get(instance, method) as (...args: unknown[]) => unknown;
    const around = { guards: true, interceptors: true, filters: true };
    const call = this.contexts.create(
      instance,
      callback,
      method,
      undefined,
      undefined,
      undefined,
      undefined,
      around,
      'task',
    );
    const place = contextPlace(type, method);
    const name = options.name ?? `${type.name}.${method}`;
    const task = {
      ...taskDefinitionOf(name, options, defaults),
      run: (args: readonly unknown[], context: TaskContext) => call(...withContext(args, context, place)),
    };
    this.registry.add(task);
    if (!periodic) return;
    const { missed = 'once', overlap = 'allow' } = periodic;
    this.periodic.add({ task, plan: slotPlanOf(name, periodic, timezone), missed, overlap });
  }
}

/** Which parameter has the type {@link TaskContext}; -1 when none has. */
function contextPlace(type: Function, method: string): number {
  const types = Reflect.getMetadata('design:paramtypes', type.prototype as object, method) as unknown[] | undefined;
  return types?.indexOf(TaskContext) ?? -1;
}

function withContext(args: readonly unknown[], context: TaskContext, place: number): readonly unknown[] {
  if (place < 0) return args;
  return [...Array.from({ length: place }, (_, index) => args[index]), context, ...args.slice(place)];
}
