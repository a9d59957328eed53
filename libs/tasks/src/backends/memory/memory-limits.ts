import type { Permits, RateLimit } from '../task-backend.js';

/** Counts starts in windows that open with the first start after the last one has closed. */
export class MemoryLimits {
  readonly #windows = new Map<string, { ends: number; used: number }>();

  take(key: string, { max, perMs }: RateLimit, count: number): Permits {
    const now = Date.now();
    let window = this.#windows.get(key);
    if (!window || window.ends <= now) this.#windows.set(key, (window = { ends: now + perMs, used: 0 }));
    const granted = Math.max(0, Math.min(count, max - window.used));
    window.used += granted;
    return { granted, waitMs: granted === count ? 0 : window.ends - now };
  }

  /** Forgets windows that have closed. */
  purge(): void {
    for (const [key, { ends }] of this.#windows) if (ends <= Date.now()) this.#windows.delete(key);
  }
}
