const LONGEST_DELAY_MS = 3_600_000;

/** Milliseconds until a further attempt: twice as long each time, an hour at most, spread so that not all come at once. */
export function retryDelay(firstMs: number, attempt: number): number {
  return Math.round(Math.min(firstMs * 2 ** (attempt - 1), LONGEST_DELAY_MS) * (0.9 + Math.random() * 0.2));
}
