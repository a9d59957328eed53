import { type Clock, systemClock } from '../clock/clock.js';
import { THROTTLE_GRAINS, type ThrottleLimit, type ThrottleStanding, type ThrottleStore } from './throttle-store.js';

/** Hits of one grain of a window. */
interface Entry {
  readonly grain: number;
  count: number;
  last: number;
}

/** Options of {@link MemoryThrottleStore}. */
export interface MemoryThrottleStoreOptions {
  readonly clock?: Clock;
  /** Keys that are remembered; beyond, those that were quiet for longest are forgotten. @defaultValue 50 000 */
  readonly maxKeys?: number;
}

/** Counts hits in the process. Its memory is bounded: by the number of keys, and by 100 entries for each. */
export class MemoryThrottleStore implements ThrottleStore {
  /** Quiet for longest first. */
  readonly #entries = new Map<string, Entry[]>();
  readonly #clock: Clock;
  readonly #maxKeys: number;

  constructor({ clock = systemClock, maxKeys = 50_000 }: MemoryThrottleStoreOptions = {}) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  hit(key: string, { limit, windowMs }: ThrottleLimit): ThrottleStanding {
    const now = this.#clock.now().getTime();
    const entries = this.#entries.get(key) ?? [];
    while (entries[0] && entries[0].last + windowMs <= now) entries.shift();
    let used = 0;
    for (const { count } of entries) used += count;
    const allowed = used < limit;
    const isFirstOfGrain = allowed && count(entries, now, Math.floor(now / Math.max(1, windowMs / THROTTLE_GRAINS)));
    if (allowed) used += 1;
    // Once a grain is often enough for those who may go on.
    if (isFirstOfGrain || !allowed) this.#touch(key, entries);
    const until = (entry: Entry | undefined) => (entry ? entry.last + windowMs - now : 0);
    return {
      allowed,
      limit,
      remaining: limit - used,
      retryMs: used < limit ? 0 : until(entries[0]),
      resetMs: until(entries.at(-1)),
    };
  }

  forgive(key: string): void {
    const entries = this.#entries.get(key);
    const latest = entries?.at(-1);
    if (!entries || !latest) return;
    latest.count -= 1;
    if (latest.count === 0) entries.pop();
  }

  /** Puts a key behind all others, as the one that was active last. */
  #touch(key: string, entries: Entry[]): void {
    this.#entries.delete(key);
    this.#entries.set(key, entries);
    if (this.#entries.size <= this.#maxKeys) return;
    const [quietest] = this.#entries.keys();
    if (quietest !== undefined) this.#entries.delete(quietest);
  }
}

/** Counts a hit; answers whether it is the first of its grain. */
function count(entries: Entry[], now: number, grain: number): boolean {
  const latest = entries.at(-1);
  if (latest?.grain !== grain) {
    entries.push({ grain, count: 1, last: now });
    return true;
  }
  latest.count += 1;
  latest.last = now;
  return false;
}
