import type { SqlDialect } from '../context/database.js';
import type { FieldDefinition, ScalarKind } from '../fields/field-definition.js';

/** Turns what the driver gives for a column into a value. */
export type ColumnReader = (value: unknown) => unknown;

const asIs: ColumnReader = (value) => value;

/** Whether a reader leaves every value as the driver gives it. */
export function takesAsIs(read: ColumnReader): boolean {
  return read === asIs;
}

/** The reader of a field's column: values in code have the types that the model declares. */
export function columnReader(dialect: SqlDialect, field: FieldDefinition): ColumnReader {
  return nullSafe(codeReader(dialect, field.scalarKind, field.scale ?? 2));
}

/**
 * The reader of a field's column for rows on their way to JSON: times become ISO texts in UTC with three digits and
 * big integers texts, without a `Date` or `bigint` in between where the driver sends text.
 */
export function jsonColumnReader(dialect: SqlDialect, field: FieldDefinition): ColumnReader {
  switch (field.scalarKind) {
    case 'datetime':
      return nullSafe((value) => (typeof value === 'string' ? isoTime(value) : toDate(value).toISOString()));
    case 'bigInteger':
      return nullSafe(String);
    default:
      return columnReader(dialect, field);
  }
}

function nullSafe(read: ColumnReader): ColumnReader {
  return read === asIs ? asIs : (value) => (value === null || value === undefined ? value : read(value));
}

function codeReader(dialect: SqlDialect, kind: ScalarKind, scale: number): ColumnReader {
  switch (kind) {
    case 'datetime':
      return toDate;
    case 'bigInteger':
      return (value) => BigInt(value as string | number | bigint);
    case 'boolean':
      return dialect === 'postgresql' ? asIs : Boolean;
    case 'decimal':
    case 'money':
    case 'percent':
      return (value) => (typeof value === 'number' ? value.toFixed(scale) : value);
    case 'json':
      // What keeps JSON as text gives it as text.
      return dialect === 'sqlite' || dialect === 'mariadb'
        ? (value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value)
        : asIs;
    default:
      return asIs;
  }
}

function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  return new Date(typeof value === 'string' ? isoTime(value) : Number(value));
}

/** `2026-11-21 07:30:35.1+00`, or without zone as MySQL has it → `2026-11-21T07:30:35.100Z` */
function isoTime(text: string): string {
  if (text.length === 23 && text.charAt(10) === ' ') return `${text.slice(0, 10)}T${text.slice(11)}Z`;
  if (text.endsWith('+00') && text.charAt(10) === ' ') {
    const time = text.slice(11, -3);
    const fraction = time.length > 8 ? time.slice(8, 12).padEnd(4, '0') : '.000';
    return `${text.slice(0, 10)}T${time.slice(0, 8)}${fraction}Z`;
  }
  const zoned = /[zZ]$|[+-]\d\d(?::?\d\d)?$/.test(text.slice(10)) ? text : `${text}Z`;
  return new Date(zoned.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString();
}
