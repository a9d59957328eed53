/** How much may happen in how long. */
export interface ThrottleLimit {
  /** Hits that are allowed in a window. */
  readonly limit: number;
  /** Milliseconds that a window lasts; it slides along with the hits. */
  readonly windowMs: number;
}

/** Where a caller stands after a hit. */
export interface ThrottleStanding {
  /** Whether the hit was within the limit; one that was not is not counted. */
  readonly allowed: boolean;
  readonly limit: number;
  /** Hits that are left. */
  readonly remaining: number;
  /** Milliseconds until a further hit is allowed; 0 when one is now. */
  readonly retryMs: number;
  /** Milliseconds until all hits that were counted are forgotten. */
  readonly resetMs: number;
}

/**
 * Counts hits. Counting and deciding is one step: of hits that arrive together no more than `limit` are allowed in any
 * window, from however many processes the store serves.
 */
export interface ThrottleStore {
  /** Counts a hit under a key. The same key must always come with the same limit. */
  hit(key: string, limit: ThrottleLimit): ThrottleStanding | Promise<ThrottleStanding>;
  /**
   * Takes a hit back that turned out not to count, such as the sign-in that succeeded. In a store without it all hits
   * count.
   */
  forgive?(key: string, limit: ThrottleLimit): void | Promise<void>;
  /** Lets go of connections. */
  close?(): void | Promise<void>;
}

/** Injection token of the application's own {@link ThrottleStore}; without one hits are counted in the process. */
export const THROTTLE_STORE = Symbol.for('@core-framework/common:throttle-store');

/** Hits that fall into the same hundredth of a window are remembered as one entry, which expires with its last hit. */
export const THROTTLE_GRAINS = 100;
