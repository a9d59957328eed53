import { Connections } from '../context/connections.js';
import { InvalidTimeError } from '../errors/time.errors.js';
import { type LocalTime, instantOf, localTimeOf } from './zone-offset.js';

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?$/;

/** How an application tells the time; see {@link timezone}. */
export interface Timezone {
  /** Name of the zone in which times without one are understood (`UTC` when the setting `USE_TZ` is off). */
  readonly name: string;
  /** The present, by the application's clock; outside of any application, by that of the machine. */
  now(): Date;
  /** The calendar day in that zone, `YYYY-MM-DD`: of the present, or of the given point in time. */
  today(at?: Date): string;
  /**
   * The point in time of a local time (`2026-03-29T08:30`, `2026-03-29`) in that zone, or in the given one. A time that
   * the clocks skip is moved on by as much; of one that they show twice, the first is meant.
   *
   * @throws InvalidTimeError when the text is no such time, or has a zone of its own.
   */
  parse(text: string, zone?: string): Date;
}

/**
 * The time, as the application of the work in hand has it: by its clock, which tests may set, in the zone of the setting
 * `TIMEZONE`. Points in time are `Date`s everywhere, which belong to no zone.
 */
export const timezone: Timezone = Object.freeze({
  get name() {
    return Connections.time().zone;
  },

  now() {
    return Connections.time().clock.now();
  },

  today(at = timezone.now()) {
    const { year, month, day } = localTimeOf(at, timezone.name);
    return [String(year).padStart(4, '0'), pad(month), pad(day)].join('-');
  },

  parse(text, zone = timezone.name) {
    const time = localTimeIn(text);
    const instant = time && instantOf(time, zone);
    if (instant) return instant;
    throw new InvalidTimeError();
  },
} satisfies Timezone);

/** Reads a text without a zone; `undefined` when its parts make no time. */
function localTimeIn(text: unknown): LocalTime | undefined {
  const match = typeof text === 'string' ? LOCAL.exec(text.trim()) : null;
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= lastDay;
  if (!exists || hour > 23 || minute > 59 || second > 59) return undefined;
  return { year, month, day, hour, minute, second, millisecond };
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}
