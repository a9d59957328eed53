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
      return settleAll(standings, context);
    }
    return settle(standings as ThrottleStanding[], context);
  }
}

function callerOf({ principal, request }: ActionContext): string {
  return principal.isAuthenticated ? `user:${String(principal.id)}` : `client:${clientAddressOf(request)}`;
}

async function settleAll(
  standings: readonly (ThrottleStanding | Promise<ThrottleStanding>)[],
  context: ActionContext,
): Promise<void> {
  const known: ThrottleStanding[] = [];
  for (const standing of standings) known.push(await standing);
  settle(known, context);
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
