import { setTimeout as pause } from 'node:timers/promises';
import { TaskResultTimeoutError } from '../errors/tasks.errors.js';
import { type Duration, millisecondsOf } from '../timing/duration.js';

const SHORTEST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 250;

/** Options of {@link TaskHandle.result}. */
export interface ResultOptions {
  /** How long is waited. @defaultValue 30 seconds */
  readonly timeout?: Duration;
}

/** Looks until there is an answer, less and less often. @throws TaskResultTimeoutError */
export async function waitFor<T>(
  id: string,
  look: () => Promise<{ readonly answer: T } | undefined>,
  { timeout = 30 }: ResultOptions,
): Promise<T> {
  const waitMs = millisecondsOf(timeout, 'timeout');
  const end = performance.now() + waitMs;
  for (let step = SHORTEST_LOOK_MS; ; step = Math.min(step * 1.5, LONGEST_LOOK_MS)) {
    const found = await look();
    if (found) return found.answer;
    const left = end - performance.now();
    if (left <= 0) throw new TaskResultTimeoutError(id, waitMs);
    await pause(Math.min(step, left));
  }
}
