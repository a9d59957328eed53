const LONGEST_DELAY_MS = 3_600_000;
/** What has a key and is tried again after a longer time steps out of the order of its key. */
const LONGEST_HELD_MS = 60_000;

/** Milliseconds until a further attempt: twice as long each time, an hour at most, spread so that not all come at once. */
export function retryDelay(firstMs: number, attempt: number): number {
  return Math.round(Math.min(firstMs * 2 ** (attempt - 1), LONGEST_DELAY_MS) * (0.9 + Math.random() * 0.2));
}

/** Whether what is tried again after so long is kept in hand, and with it what comes after it: it has a key. */
export function holdsItsKey(key: string | undefined, delayMs: number): boolean {
  return key !== undefined && delayMs <= LONGEST_HELD_MS;
}
