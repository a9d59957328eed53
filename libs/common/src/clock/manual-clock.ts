import type { Clock } from './clock.js';

/** What a {@link ManualClock} moves by. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

/**
 * A clock that stands where a test puts it: provided under `CLOCK` in tests. It tells the machine's time until it is set or
 * moved.
 */
export class ManualClock implements Clock {
  #instant?: number;

  /**
   * @param instant where it stands from the start. @defaultValue the machine's time, which goes on
   * @throws RangeError like {@link set}.
   */
  constructor(instant?: Date | string) {
    if (instant !== undefined) this.set(instant);
  }

  now(): Date {
    return new Date(this.#instant ?? Date.now());
  }

  /**
   * Stops the clock at an instant, given as a date or as ISO 8601 text.
   *
   * @throws RangeError when it is neither.
   */
  set(instant: Date | string): void {
    const time = new Date(instant).getTime();
    if (Number.isNaN(time))
      throw new RangeError(`"${String(instant)}" is no instant; write it like 2026-01-31T09:00:00Z.`);
    this.#instant = time;
  }

  /** Moves the clock on by a duration, and stops it there. */
  advance({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration): void {
    const minutesInAll = (days * 24 + hours) * 60 + minutes;
    this.#instant = this.now().getTime() + (minutesInAll * 60 + seconds) * 1000 + milliseconds;
  }

  /** Lets it tell the machine's time again. */
  reset(): void {
    this.#instant = undefined;
  }
}
