import { parseThrottleRate, type ThrottleLimit, type ThrottleRate } from '@core-framework/common';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { checkOptions } from './option-kinds.js';

/** How often callers may run actions: users count by their id, everybody else by the address that they call from. */
export interface ThrottleOptions {
  readonly rate: ThrottleRate;
  /**
   * Name of the count; views that name the same one share it. @defaultValue one per view, or per action that says so
   */
  readonly scope?: string;
  /** Whom it holds for. @defaultValue 'all' */
  readonly callers?: 'all' | 'anonymous' | 'authenticated';
}

/** What `throttle` may be: a rate, options, several of them (all must agree), or `false` for none. */
export type ThrottleEntry = ThrottleRate | ThrottleOptions | readonly (ThrottleRate | ThrottleOptions)[] | false;

/** A throttle with every default filled in. */
export interface ResolvedThrottle extends ThrottleLimit {
  /** What its keys begin with: throttles of one scope and rate share their counts. */
  readonly prefix: string;
  readonly callers: 'all' | 'anonymous' | 'authenticated';
}

const THROTTLE_OPTIONS = { rate: 'other', scope: 'text', callers: 'other' } as const;
const CALLERS: readonly string[] = ['all', 'anonymous', 'authenticated'];

/** @throws UnknownOptionError, InvalidOptionError */
export function resolveThrottles(owner: string, entry: ThrottleEntry, standardScope: string): ResolvedThrottle[] {
  if (entry === false) return [];
  const stated = Array.isArray(entry) ? (entry as readonly (ThrottleRate | ThrottleOptions)[]) : [entry];
  return stated.map((one) =>
    resolve(owner, typeof one === 'object' && one !== null ? (one as ThrottleOptions) : { rate: one }, standardScope),
  );
}

function resolve(owner: string, options: ThrottleOptions, standardScope: string): ResolvedThrottle {
  checkOptions(`"throttle" of ${owner}`, options, THROTTLE_OPTIONS);
  const { rate, scope = standardScope, callers = 'all' } = options;
  if (!CALLERS.includes(callers)) {
    throw new InvalidOptionError(owner, `"callers" is "${callers}".`, `Use one of ${CALLERS.join(', ')}.`);
  }
  const { limit, windowMs } = parseRate(owner, rate);
  return { limit, windowMs, callers, prefix: `${scope}:${limit}/${windowMs / 1000}` };
}

function parseRate(owner: string, rate: string): ThrottleLimit {
  const limit = parseThrottleRate(String(rate));
  if (limit) return limit;
  throw new InvalidOptionError(owner, `"${rate}" is no rate.`, "Write '100/minute', '10/second' or '5/15m'.");
}
