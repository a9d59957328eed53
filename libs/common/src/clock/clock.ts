/** Tells the time. Provided under {@link CLOCK}, so that tests can set it. */
export interface Clock {
  now(): Date;
}

/** Injection token of the {@link Clock}. */
export const CLOCK = Symbol.for('@core-framework/common:clock');

/** The clock of the machine. */
export const systemClock: Clock = Object.freeze({ now: () => new Date() });
