import { types } from 'node:util';
import { timezone } from '../../time/timezone.js';
import { instantOf, type LocalTime } from '../../time/zone-offset.js';
import { accept, refuse, type ValueParser } from '../parse-outcome.js';
import { DATE_LOOKUPS, type FieldType, ORDER_LOOKUPS } from './field-type.js';

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATETIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?$/;

const WRONG_DATETIME = refuse(
  'invalid',
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
);
const WRONG_DATE = refuse('invalid', 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.');
const WRONG_TIME = refuse('invalid', 'Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].');

function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** Minutes east of UTC. `undefined` for a zone that cannot be. */
function offsetMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const parseDateTime: ValueParser<Date> = (value) => {
  const match = typeof value === 'string' ? DATETIME.exec(value.trim()) : null;
  if (!match) return WRONG_DATETIME;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return WRONG_DATETIME;
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const local = { year, month, day, hour, minute, second, millisecond };
  const date = match[8] === undefined ? instantOf(local, timezone.name) : withOffset(local, offsetMinutes(match[8]));
  return date ? accept(date) : WRONG_DATETIME;
};

function withOffset(local: LocalTime, offset: number | undefined): Date | undefined {
  return offset === undefined ? undefined : instantOf({ ...local, minute: local.minute - offset }, 'UTC');
}

/** What all databases hold, and ISO 8601 writes with four digits. */
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Points in time: `Date` in code, UTC with three digits in columns and in JSON. */
export const dateTimeType: FieldType = {
  parser: () => parseDateTime,
  textParser: () => parseDateTime,
  accepts: (value) => types.isDate(value) && value.getTime() >= FIRST_INSTANT && value.getTime() <= LAST_INSTANT,
  schema: () => ({ type: 'string', format: 'date-time' }),
  // Rows that were read for JSON have the text already.
  toJson: (value) => (value instanceof Date ? value.toISOString() : value),
  lookups: DATE_LOOKUPS,
};

const parseDate: ValueParser<string> = (value) => {
  const match = typeof value === 'string' ? DATE.exec(value.trim()) : null;
  return match && isDate(Number(match[1]), Number(match[2]), Number(match[3])) ? accept(match[0]) : WRONG_DATE;
};

/** Calendar days, `YYYY-MM-DD` everywhere. */
export const dateType: FieldType = {
  parser: () => parseDate,
  textParser: () => parseDate,
  accepts: (value) => parseDate(value).errors === undefined,
  canonical: (value) => parseDate(value).value,
  schema: () => ({ type: 'string', format: 'date' }),
  lookups: DATE_LOOKUPS,
};

const parseTime: ValueParser<string> = (value) => {
  const match = typeof value === 'string' ? TIME.exec(value.trim()) : null;
  const [, hours = '24', minutes = '00', seconds = '00'] = match ?? [];
  if (!match || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return WRONG_TIME;
  return accept(`${hours}:${minutes}:${seconds}`);
};

/** Times of day, `hh:mm:ss` everywhere; fractions of a second are cut off. */
export const timeType: FieldType = {
  parser: () => parseTime,
  textParser: () => parseTime,
  accepts: (value) => parseTime(value).errors === undefined,
  canonical: (value) => parseTime(value).value,
  schema: () => ({ type: 'string', format: 'time' }),
  lookups: ORDER_LOOKUPS,
};
