import { InvalidTaskOptionError } from '../errors/tasks.errors.js';
import { type Duration, millisecondsOf } from '../timing/duration.js';

/** How often a task may be started, by all workers together. */
export interface TaskRateLimit<A extends readonly unknown[] = readonly unknown[]> {
  readonly max: number;
  readonly per: Duration;
  /** Makes the key of the arguments under which starts are counted. @defaultValue all runs of the task count together */
  readonly key?: (...args: A) => string;
}

/** Options of `@Task` and `defineTask`. */
export interface TaskOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** Identifies the task between processes. @defaultValue `Class.method` */
  readonly name?: string;
  /** @defaultValue the setting `TASK_DEFAULT_QUEUE`: `default` */
  readonly queue?: string;
  /** How often it is tried again after it failed. @defaultValue the setting `TASK_DEFAULT_RETRY`: 3 */
  readonly retry?: number;
  /** Time before the first further attempt. @defaultValue 1 second */
  readonly retryDelay?: Duration;
  /**
   * Whether each further attempt waits twice as long as the one before, an hour at most, or as long.
   * @defaultValue `fixed` where `retryDelay` is given, else `exponential`
   */
  readonly backoff?: 'fixed' | 'exponential';
  /** Part of the wait that is left to chance, so that tasks that failed together do not come back together. @defaultValue 0.1 */
  readonly jitter?: number;
  /** Time after which the `signal` of the run is aborted. @defaultValue the setting `TASK_DEFAULT_TIMEOUT`: 300 seconds */
  readonly timeout?: Duration;
  /** Time that a run has after its timeout to end by itself, before it counts as failed. @defaultValue 5 seconds */
  readonly grace?: Duration;
  /** Tasks of a higher one come first; from -1000 to 1000. @defaultValue 0 */
  readonly priority?: number;
  /**
   * A key, or what makes one of the arguments: while a task with it waits or runs no other is taken. Keys of different
   * tasks have nothing to do with each other.
   */
  readonly unique?: string | ((...args: A) => string);
  /**
   * Runs the task in a transaction beside the note that it was run, so that what it writes has been written once however
   * often workers die. @defaultValue false
   */
  readonly transaction?: boolean;
  readonly rateLimit?: TaskRateLimit<A>;
}

const NAME = /^[\w][\w.:-]{0,199}$/;
const QUEUE_NAME = /^[\w][\w.-]{0,99}$/;
const PRIORITY_LIMIT = 1000;

/** @throws InvalidTaskOptionError */
export function checkTaskOptions(task: string, options: TaskOptions<never[]>): void {
  const { name, queue, retryDelay, timeout, grace, jitter, priority, backoff, retry, rateLimit } = options;
  if (!NAME.test(name ?? task)) {
    refuse(task, `has the name "${name ?? task}"`, 'Use letters, digits, dots, hyphens and colons, 200 at most.');
  }
  if (queue !== undefined) checkQueueName(task, queue);
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    refuse(task, `has the retry ${String(retry)}`, 'Give a whole number from 0 on.');
  }
  if (priority !== undefined) checkPriority(task, priority);
  if (jitter !== undefined && !(jitter >= 0 && jitter <= 1)) {
    refuse(task, `has the jitter ${String(jitter)}`, 'Give a number from 0 to 1.');
  }
  if (backoff !== undefined && backoff !== 'fixed' && backoff !== 'exponential') {
    refuse(task, `has the backoff "${String(backoff)}"`, 'Use fixed or exponential.');
  }
  for (const [key, value] of Object.entries({ retryDelay, timeout, grace })) {
    if (value !== undefined) millisecondsOf(value, `${key} of ${task}`);
  }
  if (rateLimit) checkRateLimit(task, rateLimit);
}

export function checkQueueName(what: string, queue: string): void {
  if (!QUEUE_NAME.test(queue)) {
    refuse(what, `names the queue "${queue}"`, 'Use letters, digits, dots and hyphens, 100 at most.');
  }
}

export function checkPriority(what: string, priority: number): void {
  if (Number.isSafeInteger(priority) && Math.abs(priority) <= PRIORITY_LIMIT) return;
  refuse(
    what,
    `has the priority ${String(priority)}`,
    `Give a whole number from -${PRIORITY_LIMIT} to ${PRIORITY_LIMIT}.`,
  );
}

export function checkRateLimit(what: string, { max, per }: Pick<TaskRateLimit, 'max' | 'per'>): void {
  if (!(Number.isSafeInteger(max) && max >= 1))
    refuse(what, `may run ${String(max)} times`, 'Give a whole number from 1 on.');
  if (millisecondsOf(per, `rateLimit of ${what}`) < 1) refuse(what, 'is limited per no time', 'Give a time above 0.');
}

function refuse(what: string, problem: string, fix: string): never {
  throw new InvalidTaskOptionError(`${what} ${problem}.`, fix);
}
