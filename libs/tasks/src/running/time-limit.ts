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
export function withinTime<T>(
  work: () => Promise<T>,
  signal: Pick<RunSignal, 'abort' | 'reason'>,
  { task, timeoutMs, graceMs, onAbandoned }: TimeLimit,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let timeout: TaskTimeoutError | undefined;
    let last: NodeJS.Timeout | undefined;
    const tell = () => {
      const error = (timeout = new TaskTimeoutError(task, timeoutMs));
      signal.abort(error);
      last = setTimeout(() => {
        onAbandoned();
        reject(error);
      }, graceMs);
    };
    const first = setTimeout(tell, Math.min(timeoutMs, LONGEST_TIMER_MS));
    const end = () => {
      clearTimeout(first);
      clearTimeout(last);
    };
    work().then(
      (answer) => {
        end();
        resolve(answer);
      },
      (error: unknown) => {
        end();
        reject(timeout && signal.reason === timeout ? timeout : (error as Error));
      },
    );
  });
}
