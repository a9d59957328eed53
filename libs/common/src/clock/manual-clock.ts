import type { Clock } from './clock.js';

/** A clock that stands still until somebody moves it: provided under `CLOCK` in tests. */
export class ManualClock implements Clock {
  #now: number;

  constructor(now: Date | string = new Date()) {
    this.#now = new Date(now).getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  set(now: Date | string): void {
    this.#now = new Date(now).getTime();
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
