import { TaskTimeoutError } from '../errors/run.errors.js';
import type { RunSignal } from './run-signal.js';

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
 * Runs work that is told by `signal` when its time is up, and rejects when it has not ended a while after that.
 *
 * @throws TaskTimeoutError also when the work ends with an error because it was told.
 */
export async function withinTime<T>(
  work: () => T | Promise<T>,
  signal: Pick<RunSignal, 'abort' | 'reason'>,
  { task, timeoutMs, graceMs, onAbandoned }: TimeLimit,
): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  let timeout: TaskTimeoutError | undefined;
  let last: NodeJS.Timeout | undefined;
  const first = setTimeout(
    () => {
      const error = (timeout = new TaskTimeoutError(task, timeoutMs));
      signal.abort(error);
      last = setTimeout(() => {
        onAbandoned();
        reject(error);
      }, graceMs);
    },
    Math.min(timeoutMs, LONGEST_TIMER_MS),
  );
  try {
    return await Promise.race([work(), tooLate]);
  } catch (error) {
    throw timeout && signal.reason === timeout ? timeout : error;
  } finally {
    clearTimeout(first);
    clearTimeout(last);
  }
}
