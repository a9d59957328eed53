import type { TaskContext } from '../running/task-context.js';

type IsContext<T> = [Exclude<T, undefined>] extends [never]
  ? false
  : [Exclude<T, undefined>] extends [TaskContext]
    ? true
    : false;

/** The parameters of a task that callers give: all but that of the type `TaskContext`. */
export type TaskParameters<P extends readonly unknown[]> = P extends readonly []
  ? []
  : P extends readonly [_?: infer First, ...rest: infer Rest]
    ? number extends P['length']
      ? P extends readonly [...infer All]
        ? All
        : never
      : IsContext<First> extends true
        ? TaskParameters<Rest>
        : P extends readonly [...infer Head, ...Rest]
          ? [...Head, ...TaskParameters<Rest>]
          : [_?: First, ...rest: TaskParameters<Rest>]
    : never;
