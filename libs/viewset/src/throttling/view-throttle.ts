import {
  clientAddressOf,
  rateLimitHeaders,
  throttled,
  type Throttling,
  type ThrottleStanding,
} from '@core-framework/common';
import type { ResolvedThrottle } from '../options/throttle.options.js';
import type { ActionContext } from '../pipeline/action-context.js';

/** Holds callers to the rates of an action. */
export class ViewThrottle {
  constructor(
    readonly throttles: readonly ResolvedThrottle[],
    private readonly throttling: Throttling,
  ) {}

  /**
   * Counts the request and tells the caller where it stands. A promise only when the store counts elsewhere.
   *
   * @throws RateLimitException with the longest wait of all rates that are used up.
   */
  check(context: ActionContext): void | Promise<void> {
    const { isAuthenticated } = context.principal;
    const standings: (ThrottleStanding | Promise<ThrottleStanding>)[] = [];
    for (const throttle of this.throttles) {
      if (throttle.callers !== 'all' && (throttle.callers === 'authenticated') !== isAuthenticated) continue;
      standings.push(this.throttling.hit(`${throttle.prefix}:${callerOf(context)}`, throttle));
    }
    if (!standings.length) return undefined;
    if (standings.some((standing) => standing instanceof Promise)) {
      return Promise.all(standings).then((known) => settle(known, context));
    }
    return settle(standings as ThrottleStanding[], context);
  }
}

function callerOf({ principal, request }: ActionContext): string {
  return principal.isAuthenticated ? `user:${String(principal.id)}` : `client:${clientAddressOf(request)}`;
}

function settle(standings: readonly ThrottleStanding[], { reply }: ActionContext): void {
  const tightest = standings.reduce((least, one) => (isTighter(one, least) ? one : least));
  reply.headers(rateLimitHeaders(tightest));
  if (!tightest.allowed) throw throttled(tightest);
}

function isTighter(one: ThrottleStanding, other: ThrottleStanding): boolean {
  if (one.allowed !== other.allowed) return !one.allowed;
  return one.allowed ? one.remaining < other.remaining : one.retryMs > other.retryMs;
}
