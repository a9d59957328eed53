import type { ThrottleLimit } from './throttle-store.js';

const UNITS = { s: 1, second: 1, m: 60, minute: 60, h: 3600, hour: 3600, d: 86_400, day: 86_400 } as const;

type Unit = keyof typeof UNITS;

/** How many requests in how long: `'100/minute'`, `'5/15m'`. */
export type ThrottleRate = `${number}/${Unit}` | `${number}/${number}${Unit}`;

const RATE = /^(?<limit>\d+)\/(?<times>\d+)?(?<unit>[a-z]+)$/;

/** Reads a rate; `undefined` when the text is none. */
export function parseThrottleRate(rate: string): ThrottleLimit | undefined {
  const { limit, times = '1', unit = '' } = RATE.exec(rate)?.groups ?? {};
  const windowMs = Number(times) * (Object.hasOwn(UNITS, unit) ? UNITS[unit as Unit] : 0) * 1000;
  return windowMs > 0 && Number(limit) > 0 ? { limit: Number(limit), windowMs } : undefined;
}
