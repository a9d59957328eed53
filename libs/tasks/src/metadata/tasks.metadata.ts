import type { PeriodicTaskOptions } from '../decorators/periodic-task.decorator.js';
import type { TaskOptions } from '../definitions/task-options.js';

/** A method that is a task. */
export interface TaskDeclaration {
  readonly method: string;
  readonly options: TaskOptions<never[]>;
  /** Set where the task is run by the clock. */
  readonly periodic?: PeriodicTaskOptions;
}

// Private to this file: nobody else reads or writes this key.
const TASKS = Symbol.for('@core-framework/tasks:tasks');

type Declarations = Readonly<Record<string, TaskDeclaration>>;

/** Notes what a decorator says of a method, beside what others said of it. */
export function recordTask(target: object, { method, ...said }: Partial<TaskDeclaration> & { method: string }): void {
  const own = (Reflect.getOwnMetadata(TASKS, target) as Declarations | undefined) ?? {};
  const before = own[method];
  const declaration = Object.freeze({ ...said, method, options: { ...before?.options, ...said.options } });
  Reflect.defineMetadata(TASKS, Object.freeze({ ...own, [method]: { ...before, ...declaration } }), target);
}

/** The tasks of a class, its parents' first; one that a subclass declares anew is as it says there. */
export function tasksOf(type: Function): readonly TaskDeclaration[] {
  const found = new Map<string, TaskDeclaration>();
  for (let prototype = type.prototype as object | null; prototype; prototype = Reflect.getPrototypeOf(prototype)) {
    const own = (Reflect.getOwnMetadata(TASKS, prototype) as Declarations | undefined) ?? {};
    for (const task of Object.values(own)) if (!found.has(task.method)) found.set(task.method, task);
  }
  return [...found.values()];
}
