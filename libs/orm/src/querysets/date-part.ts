import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import type { ScalarKind } from '../fields/field-definition.js';

type Sql = RawBuilder<unknown>;

/** What can be taken of a point in time or a calendar day: numbers, and the day itself as `YYYY-MM-DD`. */
export const DATE_PARTS = ['year', 'month', 'day', 'weekday', 'hour', 'date'] as const;

/** See {@link DATE_PARTS}; `weekday` counts from 1 (Monday) to 7. */
export type DatePart = (typeof DATE_PARTS)[number];

const SQLITE_FORMATS: Readonly<Record<DatePart, Sql>> = {
  year: sql`'%Y'`,
  month: sql`'%m'`,
  day: sql`'%d'`,
  weekday: sql`'%u'`,
  hour: sql`'%H'`,
  date: sql`'%Y-%m-%d'`,
};

const POSTGRES_FIELDS: Readonly<Record<Exclude<DatePart, 'date'>, Sql>> = {
  year: sql`year`,
  month: sql`month`,
  day: sql`day`,
  weekday: sql`isodow`,
  hour: sql`hour`,
};

const MYSQL_PARTS: Readonly<Record<DatePart, (time: Sql) => Sql>> = {
  year: (time) => sql`year(${time})`,
  month: (time) => sql`month(${time})`,
  day: (time) => sql`dayofmonth(${time})`,
  weekday: (time) => sql`(weekday(${time}) + 1)`,
  hour: (time) => sql`hour(${time})`,
  date: (time) => sql`cast(${time} as date)`,
};

/** The SQL of a part of a column in UTC. */
export function datePartSql(dialect: SqlDialect, column: Sql, kind: ScalarKind, part: DatePart): Sql {
  if (dialect === 'postgresql') {
    const time = kind === 'datetime' ? sql`${column} at time zone 'UTC'` : column;
    if (part === 'date') return sql`cast(${time} as date)`;
    return sql`cast(extract(${POSTGRES_FIELDS[part]} from ${time}) as integer)`;
  }
  if (speaksMySql(dialect)) return MYSQL_PARTS[part](column);
  const time = kind === 'datetime' ? sql`${column} / 1000, 'unixepoch'` : column;
  const text = sql`strftime(${SQLITE_FORMATS[part]}, ${time})`;
  return part === 'date' ? text : sql`cast(${text} as integer)`;
}
