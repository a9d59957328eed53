import type { RunSignal } from './run-signal.js';

/** How long a run may take. */
export interface TimeLimit {
  readonly timeoutMs: number;
  /** Milliseconds that it has to end once it was told. */
  readonly graceMs: number;
  /** What it fails with; also the reason of its signal. */
  readonly error: () => Error;
  /** Called when the run did not end in time; it goes on, and nobody listens to it any more. */
  readonly onAbandoned: () => void;
}

/** Longer waits than timers can. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Runs work that is told by `signal` when its time is up, and rejects when it has not ended a while after that.
 *
 * @throws the error of the limit, also when the work ends with another because it was told.
 */
export function withinTime<T>(
  work: () => Promise<T>,
  signal: Pick<RunSignal, 'abort' | 'reason'>,
  { timeoutMs, graceMs, error: errorOf, onAbandoned }: TimeLimit,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let timeout: Error | undefined;
    let last: NodeJS.Timeout | undefined;
    const tell = () => {
      const error = (timeout = errorOf());
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
