import { RateLimitException } from '../exceptions/application.exceptions.js';
import type { ThrottleStanding } from './throttle-store.js';

/** What clients are told of where they stand: `RateLimit-Limit`, `-Remaining`, and `-Reset` in whole seconds. */
export function rateLimitHeaders(
  { limit, remaining, resetMs }: ThrottleStanding,
  prefix = 'ratelimit',
): Readonly<Record<string, string>> {
  return {
    [`${prefix}-limit`]: String(limit),
    [`${prefix}-remaining`]: String(remaining),
    [`${prefix}-reset`]: String(Math.ceil(resetMs / 1000)),
  };
}

/** The 429 of a caller who has to wait. */
export function throttled({ retryMs }: ThrottleStanding): RateLimitException {
  const seconds = Math.max(1, Math.ceil(retryMs / 1000));
  const wait = `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return new RateLimitException(`Request was throttled. Expected available in ${wait}.`, { retryAfter: seconds });
}
