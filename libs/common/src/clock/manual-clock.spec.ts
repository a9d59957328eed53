import { expect, test } from '@jest/globals';
import { ManualClock } from './manual-clock.js';

test('a manual clock shows what it was set to, and nobody can move it by what it shows', () => {
  const clock = new ManualClock('2026-03-29T00:30:00Z');
  clock.now().setFullYear(1999);
  clock.advance(1500);
  expect(clock.now()).toEqual(new Date('2026-03-29T00:30:01.500Z'));
  clock.set(new Date(0));
  expect(clock.now().getTime()).toBe(0);
});
