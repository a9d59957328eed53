import { describe, expect, test } from '@jest/globals';
import { type SlotPlan, slotPlanOf, slotsBetween, type Timing } from './slot-plan.js';

const planOf = (timing: Timing) => slotPlanOf('a task', timing, 'UTC');

/** What a clock that is moved on second by second would see of a plan. */
function day(plan: SlotPlan, from: string, hours = 24): readonly string[] {
  const start = new Date(from);
  const end = new Date(start.getTime() + hours * 3_600_000 - 1);
  return slotsBetween(plan, new Date(start.getTime() - 1), end, 100_000).map((slot) => slot.toISOString());
}

test.each<[Timing, number, string]>([
  [{ cron: '* * * * * *' }, 1, '2026-11-16T08:30:00.000Z'],
  [{ interval: 1 }, 1000, '2026-11-16T08:30:00.000Z'],
  [{ cron: '0 0 1 1 *' }, 1000, '2026-01-01T00:00:00.000Z'],
])('the last slots of years in which nobody looked are found without going through all: %p', (timing, limit, last) => {
  const plan = planOf(timing);
  let asked = 0;
  const counted: SlotPlan = {
    description: plan.description,
    next: (after) => {
      // It would take minutes, in which the process does nothing else.
      if (++asked > 100_000) throw new Error('asked too often');
      return plan.next(after);
    },
  };
  const slots = slotsBetween(counted, new Date('2020-01-01T12:00:00Z'), new Date('2026-11-16T08:30:00Z'), limit);
  expect([slots.at(-1)?.toISOString(), slots.length]).toEqual([
    last,
    Math.min(limit, last.includes('-11-') ? limit : 6),
  ]);
});

test('an hour that comes twice does not bring a slot twice, wherever the look begins', () => {
  const plan = slotPlanOf('a task', { cron: '30 2 * * *' }, 'Europe/Berlin');
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    const until = new Date(Date.UTC(2026, 9, 25, 12, minute));
    const days = slotsBetween(plan, new Date('2026-10-01T00:00:00Z'), until, 100).map((slot) => slot.toISOString());
    expect(days.filter((slot) => slot.startsWith('2026-10-25'))).toEqual(['2026-10-25T00:30:00.000Z']);
    expect(slotsBetween(plan, new Date('2026-10-01T00:00:00Z'), until, 1)).toHaveLength(1);
  }
});

/** The instants that fields say, found by trying every second: what the library must agree with. */
function tried(from: string, wanted: (local: Date) => boolean, hours = 24): readonly string[] {
  const start = new Date(from).getTime();
  return Array.from({ length: hours * 3600 }, (_, second) => new Date(start + second * 1000))
    .filter((instant) => wanted(instant))
    .map((instant) => instant.toISOString());
}

describe('a day of cron expressions', () => {
  const [MONDAY, second] = ['2026-11-16T00:00:00.000Z', (at: Date) => at.getUTCSeconds() === 0];
  const minute = (at: Date) => second(at) && at.getUTCMinutes() === 0;

  test.each<[string, (at: Date) => boolean]>([
    ['* * * * *', second],
    ['*/5 * * * *', (at) => second(at) && at.getUTCMinutes() % 5 === 0],
    ['0 * * * *', minute],
    ['0 0 * * *', (at) => minute(at) && at.getUTCHours() === 0],
    ['30 4,16 * * *', (at) => second(at) && at.getUTCMinutes() === 30 && [4, 16].includes(at.getUTCHours())],
    ['0 9-17/2 * * MON-FRI', (at) => minute(at) && [9, 11, 13, 15, 17].includes(at.getUTCHours())],
    ['0 9 * * 1', (at) => minute(at) && at.getUTCHours() === 9],
    ['0 9 16 NOV *', (at) => minute(at) && at.getUTCHours() === 9],
    ['0 9 * * sun', () => false],
    ['0 9 * * 0,7', () => false],
    ['*/15 * * * * *', (at) => at.getUTCSeconds() % 15 === 0],
    ['5 30 12 * * *', (at) => at.getUTCHours() === 12 && at.getUTCMinutes() === 30 && at.getUTCSeconds() === 5],
  ])('%s', (cron, wanted) => {
    expect(day(planOf({ cron }), MONDAY)).toEqual(tried(MONDAY, wanted));
  });

  test('Sunday is 0 and 7, and either of the days is enough', () => {
    const sundays = ['0 9 * * 0', '0 9 * * 7', '0 9 * * SUN'].map((cron) => day(planOf({ cron }), MONDAY, 168));
    expect(sundays).toEqual(Array.from({ length: 3 }, () => ['2026-11-22T09:00:00.000Z']));
    expect(day(planOf({ cron: '0 0 13 * FRI' }), '2026-11-09T00:00:00Z', 168)).toEqual(['2026-11-13T00:00:00.000Z']);
    expect(day(planOf({ cron: '0 0 10 * FRI' }), '2026-11-09T00:00:00Z', 168)).toHaveLength(2);
  });

  test('the first of a month and the 29th of February come when the calendar says', () => {
    const next = (cron: string, from: string) => planOf({ cron }).next(new Date(from))?.toISOString();
    expect(next('0 0 1 * *', '2026-01-15T00:00:00Z')).toBe('2026-02-01T00:00:00.000Z');
    expect(next('0 0 29 2 *', '2026-01-01T00:00:00Z')).toBe('2028-02-29T00:00:00.000Z');
    expect(next('0 0 L * *', '2026-02-01T00:00:00Z')).toBe('2026-02-28T00:00:00.000Z');
    expect(next('0 0 30 2 *', '2026-01-01T00:00:00Z')).toBeUndefined();
  });

  test('fields are those of the zone', () => {
    const plan = planOf({ cron: '0 9 * * *', timezone: 'America/New_York' });
    expect([day(plan, '2026-07-01T00:00:00Z'), day(plan, '2026-12-01T00:00:00Z')]).toEqual([
      ['2026-07-01T13:00:00.000Z'],
      ['2026-12-01T14:00:00.000Z'],
    ]);
  });
});

describe('where clocks change', () => {
  // Berlin: 2026-03-29 02:00 is 03:00, 2026-10-25 03:00 is 02:00. New York: 2026-03-08 and 2026-11-01, at 02:00.
  test.each([
    [
      'a time that is left out runs right after',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T23:00Z',
      ['2026-03-29T01:00'],
    ],
    [
      'a time that is left out runs right after',
      '30 2 * * *',
      'America/New_York',
      '2026-03-08T05:00Z',
      ['2026-03-08T07:00'],
    ],
    [
      'a time that comes twice runs the first time',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T22:00Z',
      ['2026-10-25T00:30'],
    ],
    [
      'a time that comes twice runs the first time',
      '30 1 * * *',
      'America/New_York',
      '2026-11-01T04:00Z',
      ['2026-11-01T05:30'],
    ],
    [
      'times of a list run once each',
      '0 1,2,3 * * *',
      'Europe/Berlin',
      '2026-10-24T22:00Z',
      ['2026-10-24T23:00', '2026-10-25T00:00', '2026-10-25T02:00'],
    ],
    [
      'times of a list run once each, two of them as one',
      '0 1,2,3 * * *',
      'Europe/Berlin',
      '2026-03-28T23:00Z',
      ['2026-03-29T00:00', '2026-03-29T01:00'],
    ],
  ])('%s: %s in %s', (_title, cron, timezone, from, expected) => {
    const slots = day(planOf({ cron, timezone }), from, 12);
    expect(slots).toEqual(expected.map((slot) => `${slot}:00.000Z`));
  });

  test.each([
    ['Europe/Berlin', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-24T22:00:00.000Z', 25],
    ['America/New_York', '2026-03-08T05:00:00.000Z', 23],
    ['America/New_York', '2026-11-01T04:00:00.000Z', 25],
  ])('every hour and every half hour keep to elapsed time in %s, on the day from %s', (timezone, from, hours) => {
    const hourly = day(planOf({ cron: '0 * * * *', timezone }), from, hours);
    const halves = day(planOf({ cron: '*/30 * * * *', timezone }), from, hours);
    const since = new Date(from).getTime();
    const every = (count: number, step: number) =>
      Array.from({ length: count }, (_, index) => new Date(since + index * step).toISOString());
    expect(hourly).toEqual(every(hours, 3_600_000));
    expect(halves).toEqual(every(hours * 2, 1_800_000));
  });
});

describe('an interval', () => {
  test('has the same slots wherever it is counted', () => {
    const plan = planOf({ interval: '5m' });
    expect(day(plan, '2026-11-16T00:00:00.000Z', 1)).toEqual(
      tried('2026-11-16T00:00:00.000Z', (at) => at.getUTCSeconds() === 0 && at.getUTCMinutes() % 5 === 0, 1),
    );
    expect(plan.next(new Date('2026-11-16T00:07:13Z'))).toEqual(new Date('2026-11-16T00:10:00Z'));
    expect(planOf({ interval: 90 }).description).toBe('every 90 s');
  });
});

test.each<[unknown, string]>([
  [{ cron: '61 * * * *' }, '61'],
  [{ cron: '* * *' }, '* * *'],
  [{ cron: '* * * * *', timezone: 'Mars/Base' }, 'Mars/Base'],
  [{ interval: 0.5 }, 'below 1 second'],
  [{ interval: 'soon' }, 'soon'],
  [{}, 'needs a cron expression or an interval'],
  [{ cron: '* * * * *', interval: 5 }, 'needs a cron expression or an interval'],
])('%j is refused', (timing, said) => {
  expect(() => planOf(timing as Timing)).toThrow(
    expect.objectContaining({ code: 'TASKS_INVALID_OPTION', message: expect.stringContaining(said) }),
  );
});
