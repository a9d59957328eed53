import type { TaskDefinition } from '../definitions/task-definition.js';

const LONGEST_MS = 3_600_000;
/** Doublings after which any wait is the longest; of many more the product with 0 is no number. */
const MOST_DOUBLINGS = 30;

/** Milliseconds until a task is tried again that has failed in so many attempts. */
export function retryDelayOf(
  { retryDelayMs, backoff, jitter }: Pick<TaskDefinition, 'retryDelayMs' | 'backoff' | 'jitter'>,
  attempt: number,
  chance: () => number = Math.random,
): number {
  const whole =
    backoff === 'fixed'
      ? retryDelayMs
      : Math.min(retryDelayMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS), LONGEST_MS);
  return Math.round(whole * (1 - jitter + 2 * jitter * chance()));
}
