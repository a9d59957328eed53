import { TaskTimeoutError } from '../errors/run.errors.js';

/** How long a run may take. */
export interface TimeLimit {
  readonly task: string;
  readonly timeoutMs: number;
  readonly graceMs: number;
  /** Called when the run did not end in time; it goes on, and nobody listens to it any more. */
  readonly onAbandoned: () => void;
}

/** Longer waits than timers can. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Runs work that is told by `controller` when its time is up, and rejects when it has not ended a while after that.
 *
 * @throws TaskTimeoutError also when the work ends with an error because it was told.
 */
export async function withinTime<T>(
  work: () => T | Promise<T>,
  controller: AbortController,
  { task, timeoutMs, graceMs, onAbandoned }: TimeLimit,
): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timeout = new TaskTimeoutError(task, timeoutMs);
  let last: NodeJS.Timeout | undefined;
  const first = setTimeout(
    () => {
      controller.abort(timeout);
      last = setTimeout(() => {
        onAbandoned();
        reject(timeout);
      }, graceMs);
    },
    Math.min(timeoutMs, LONGEST_TIMER_MS),
  );
  try {
    return await Promise.race([work(), tooLate]);
  } catch (error) {
    throw controller.signal.reason === timeout ? timeout : error;
  } finally {
    clearTimeout(first);
    clearTimeout(last);
  }
}
