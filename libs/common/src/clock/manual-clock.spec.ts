import { describe, expect, test } from '@jest/globals';
import { ManualClock } from './manual-clock.js';

describe('a manual clock', () => {
  test('shows what it was set to, and nobody can move it by what it shows', () => {
    const clock = new ManualClock('2026-03-29T00:30:00Z');
    clock.now().setFullYear(1999);
    clock.advance({ seconds: 1, milliseconds: 500 });
    expect(clock.now()).toEqual(new Date('2026-03-29T00:30:01.500Z'));
    clock.advance({ days: 2, hours: -1, minutes: 30 });
    expect(clock.now()).toEqual(new Date('2026-03-31T00:00:01.500Z'));
    clock.set(new Date(0));
    expect(clock.now().getTime()).toBe(0);
  });

  test('tells the time of the machine until it is set, and again once it is reset', () => {
    const clock = new ManualClock();
    const isNow = () => Date.now() - clock.now().getTime() < 60_000;
    expect(isNow()).toBe(true);
    clock.set('2001-01-01T00:00:00Z');
    expect(isNow()).toBe(false);
    clock.reset();
    expect(isNow()).toBe(true);
  });

  test('stands at no text that is not an instant', () => {
    expect(() => new ManualClock('soon')).toThrow(RangeError);
  });
});
