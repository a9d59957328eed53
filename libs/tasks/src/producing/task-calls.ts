import type { Type } from '@nestjs/common';
import { type TaskDefaults, type TaskDefinition, taskDefinitionOf } from '../definitions/task-definition.js';
import { UnknownTaskError } from '../errors/tasks.errors.js';
import { tasksOf } from '../metadata/tasks.metadata.js';
import type { ApplyOptions, TaskCall, TaskClient } from './task-client.js';
import { TaskSignature } from './task-signature.js';
import type { TaskService } from './task.service.js';

/** What a client needs. */
export interface TaskClientParts {
  readonly service: TaskService;
  readonly defaults: TaskDefaults;
  /** The provider of that class in this application. */
  readonly instanceOf: (type: Type<object>) => object | undefined;
}

/** What Nest calls on providers: a client is one, and none of its class's business. */
const LIFECYCLE =
  /^(constructor|then|onModule(Init|Destroy)|onApplication(Bootstrap|Shutdown)|beforeApplicationShutdown)$/;

/** Makes the client of a class. Only its inline calls need the class to be a provider here. */
export function createTaskClient<T extends object>(type: Type<T>, parts: TaskClientParts): TaskClient<T> {
  const calls: Record<string, unknown> = {};
  for (const method of methodsOf(type)) calls[method] = refusal(`${type.name}.${method}`);
  for (const { method, options } of tasksOf(type)) {
    const definition = taskDefinitionOf(options.name ?? `${type.name}.${method}`, options, parts.defaults);
    calls[method] = createTaskCall(
      definition.name,
      () => ({ service: parts.service, definition }),
      (args) => {
        const instance = parts.instanceOf(type);
        if (instance) return Reflect.apply(Reflect.get(instance, method) as Function, instance, args);
        throw new UnknownTaskError(
          `${type.name}.${method} was called, but ${type.name} is no provider of this application.`,
          `Add it to the providers of a module, or leave it to a worker: ${method}.delay(…).`,
        );
      },
    );
  }
  return Object.freeze(calls) as TaskClient<T>;
}

function methodsOf(type: Function): readonly string[] {
  const found = new Set<string>();
  for (let prototype = type.prototype as object; prototype !== Object.prototype;) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function' && !LIFECYCLE.test(name)) found.add(name);
    }
    prototype = Reflect.getPrototypeOf(prototype) as object;
  }
  return [...found];
}

/** Stands where a method is no task. */
function refusal(method: string): unknown {
  const refuseNow = (): never => {
    throw new UnknownTaskError(`${method} is no task.`, 'Decorate it with @Task().');
  };
  const refuse = async () => refuseNow();
  return Object.assign(refuse, { delay: refuse, applyAsync: refuse, signature: refuseNow });
}

/** Where a task is enqueued, and as what. */
interface TaskTarget {
  readonly definition: TaskDefinition;
  readonly service: Pick<TaskService, 'apply'>;
}

/** Makes what callers see of a task. */
export function createTaskCall<A extends readonly unknown[], R>(
  taskName: string,
  target: () => TaskTarget,
  inline: (args: A) => unknown,
): TaskCall<A, R> {
  const call = async (...args: A): Promise<R> => (await inline(args)) as R;
  const apply = async (options: Partial<ApplyOptions> = {}) => {
    const { definition, service } = target();
    return service.apply<R>(definition, options);
  };
  return Object.assign(call, {
    taskName,
    delay: (...args: A) => apply({ args }),
    applyAsync: apply,
    signature: (...args: A) => new TaskSignature<R>(target().definition, args),
  }) as TaskCall<A, R>;
}
