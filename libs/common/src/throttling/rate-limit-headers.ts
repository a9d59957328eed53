import { RateLimitException } from '../exceptions/application.exceptions.js';
import type { ThrottleStanding } from './throttle-store.js';

/** The names by their prefix; built once, since every answer has them. */
const NAMES = {
  ratelimit: ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
  'x-ratelimit': ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
} as const;

/** What clients are told of where they stand: `RateLimit-Limit`, `-Remaining`, and `-Reset` in whole seconds. */
export function rateLimitHeaders(
  { limit, remaining, resetMs }: ThrottleStanding,
  prefix: keyof typeof NAMES = 'ratelimit',
): Readonly<Record<string, string>> {
  const [limitName, remainingName, resetName] = NAMES[prefix];
  return {
    [limitName]: String(limit),
    [remainingName]: String(remaining),
    [resetName]: String(Math.ceil(resetMs / 1000)),
  };
}

/** The 429 of a caller who has to wait. */
export function throttled({ retryMs }: ThrottleStanding): RateLimitException {
  const seconds = Math.max(1, Math.ceil(retryMs / 1000));
  const wait = `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return new RateLimitException(`Request was throttled. Expected available in ${wait}.`, { retryAfter: seconds });
}
