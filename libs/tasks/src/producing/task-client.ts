import type { Duration } from '../timing/duration.js';
import type { TaskHandle } from './task-handle.js';
import type { TaskSignature } from './task-signature.js';
import type { TaskParameters } from './task-parameters.js';

/** How one task is enqueued, where that differs from what its declaration says. */
export interface ApplyOptions<A extends readonly unknown[] = readonly unknown[]> {
  readonly args: A;
  /** Not before so long from now. */
  readonly countdown?: Duration;
  /** Not before this. */
  readonly eta?: Date;
  readonly queue?: string;
  readonly priority?: number;
  /** While a task with this key waits or runs no other with it is taken. */
  readonly unique?: string;
  readonly retry?: number;
  readonly timeout?: Duration;
}

/** A task, as callers see it. */
export interface TaskCall<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /** Runs it here and now. */
  (...args: A): Promise<R>;
  /** Has a worker run it: in the transaction of the work in hand, so that it is run if and only if that commits. */
  delay(...args: A): Promise<TaskHandle<R>>;
  /** {@link delay} with options. */
  applyAsync(options: [] extends A ? Partial<ApplyOptions<A>> : ApplyOptions<A>): Promise<TaskHandle<R>>;
  /** The task with its arguments, to be put into a chain or a group. */
  signature(...args: A): TaskSignature<R>;
  readonly taskName: string;
}

type TaskMethod = (...args: never[]) => unknown;

/** The methods of a class as tasks: inject it by `@InjectTasks(Class)`. Those without `@Task` are refused when called. */
export type TaskClient<T> = {
  readonly [K in keyof T as T[K] extends TaskMethod ? K : never]: T[K] extends (...args: infer P) => infer R
    ? TaskCall<TaskParameters<P>, Awaited<R>>
    : never;
};
