import type { Type } from '@nestjs/common';
import type { DiscoveryService, ExternalContextCreator, ModuleRef } from '@nestjs/core';
import { taskDefinitionOf } from './definitions/task-definition.js';
import type { TaskRegistry } from './definitions/task-registry.js';
import { checkTaskOptions } from './definitions/task-options.js';
import { InvalidTaskOptionError } from './errors/tasks.errors.js';
import { type TaskDeclaration, tasksOf } from './metadata/tasks.metadata.js';
import { TaskContext } from './running/task-context.js';
import type { DefinedTask } from './producing/define-task.js';
import { injectedFieldsOf, Job, type JobClass, jobOf, jobOptionsOf } from './producing/job.js';
import type { PeriodicRegistry } from './scheduling/periodic-registry.js';
import { slotPlanOf } from './scheduling/slot-plan.js';
import { TaskFeature } from './task-feature.js';
import type { ResolvedTasksOptions } from './tasks.options.js';

/** What the explorer needs. */
export interface TasksExplorerParts {
  readonly discovery: DiscoveryService;
  readonly contexts: ExternalContextCreator;
  readonly modules: ModuleRef;
  readonly registry: TaskRegistry;
  readonly periodic: PeriodicRegistry;
  readonly options: Pick<ResolvedTasksOptions, 'defaults' | 'timezone'>;
}

/** Finds the tasks of an application's providers. */
export class TasksExplorer {
  readonly #instances = new Map<Function, object>();

  constructor(private readonly parts: TasksExplorerParts) {}

  /** The provider of that class. */
  instanceOf(type: Type<object>): object | undefined {
    return this.#instances.get(type);
  }

  /** Makes the tasks known. @throws InvalidTaskOptionError */
  explore(): void {
    const { discovery } = this.parts;
    for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
      const { metatype: type } = wrapper;
      if (wrapper.instance instanceof TaskFeature) this.#addFeature(wrapper.instance);
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
    const {
      contexts,
      options: { defaults, timezone },
      periodic: schedules,
      registry,
    } = this.parts;
    const callback = Reflect.get(instance, method) as (...args: unknown[]) => unknown;
    const around = { guards: true, interceptors: true, filters: true };
    const call = contexts.create(
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
    registry.add(task);
    if (!periodic) return;
    const { missed = 'once', overlap = 'allow' } = periodic;
    schedules.add({ task, plan: slotPlanOf(name, periodic, timezone), missed, overlap });
  }

  #addFeature({ tasks }: TaskFeature): void {
    for (const task of tasks) {
      if (isJobClass(task)) this.#addJob(task);
      else this.#addFunction(task);
    }
  }

  #addFunction(task: DefinedTask): void {
    const { options, registry } = this.parts;
    registry.add({
      ...taskDefinitionOf(task.taskName, task.taskOptions, options.defaults),
      run: (args) => Reflect.apply(task, undefined, args) as unknown,
    });
  }

  #addJob(type: JobClass): void {
    const { modules, options, registry } = this.parts;
    const said = jobOptionsOf(type);
    checkTaskOptions(type.name, said);
    const place = contextPlace(type, 'handle');
    const injected = Object.fromEntries(
      injectedFieldsOf(type).map(({ key, token }) => {
        try {
          return [key, modules.get<unknown>(token as Type, { strict: false })];
        } catch (cause) {
          throw new InvalidTaskOptionError(
            `${type.name}.${key} is injected with what this application does not have: ${(cause as Error).message}`,
            'Provide it in a module of the application.',
          );
        }
      }),
    );
    registry.add({
      ...taskDefinitionOf(said.name, said, options.defaults),
      run: ([fields], context) => {
        const job = jobOf(type, fields as object, injected);
        const handle = job.handle.bind(job) as (...args: readonly unknown[]) => unknown;
        return handle(...withContext([], context, Math.max(place, 0)));
      },
    });
  }
}

function isJobClass(task: JobClass | DefinedTask): task is JobClass {
  return task.prototype instanceof Job;
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
