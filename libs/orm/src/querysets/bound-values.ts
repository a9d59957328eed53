import type { SqlDialect } from '../context/database.js';
import { foldCase } from '../databases/sqlite/text-functions.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import type { Comparison } from './condition.js';

/** Gives a value the form in which a column of that field takes it. */
export function columnValue(field: FieldDefinition, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return field.scalarKind === 'json' && !field.relation ? JSON.stringify(value) : value;
}

/** The values of a comparison in the order of its slots. */
export function comparisonValues(
  { lookup: { field, name }, values }: Comparison,
  dialect: SqlDialect,
): readonly unknown[] {
  const [value] = values;
  switch (name) {
    case 'in':
      return [listValue(dialect, values)];
    case 'year':
      return field.scalarKind === 'datetime'
        ? [yearStart(Number(value)), yearStart(Number(value) + 1)]
        : [`${yearText(Number(value))}-01-01`, `${yearText(Number(value))}-12-31`];
    case 'contains':
      return [dialect === 'sqlite' ? value : `%${escapeLike(value)}%`];
    case 'icontains':
      return [`%${folded(value, dialect)}%`];
    case 'startswith':
      return dialect === 'sqlite' ? [value, value] : [`${escapeLike(value)}%`];
    case 'istartswith':
      return [`${folded(value, dialect)}%`];
    case 'endswith':
      return dialect === 'sqlite' ? [value, value, value] : [`%${escapeLike(value)}`];
    case 'iendswith':
      return [`%${folded(value, dialect)}`];
    case 'iexact':
      return [folded(value, dialect)];
    default:
      return values;
  }
}

/** PostgreSQL folds both sides itself. */
function folded(value: unknown, dialect: SqlDialect): string {
  return escapeLike(dialect === 'sqlite' ? foldCase(String(value)) : value);
}

function escapeLike(value: unknown): string {
  return String(value).replace(/[\\%_]/g, '\\$&');
}

function yearStart(year: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date;
}

function yearText(year: number): string {
  return String(year).padStart(4, '0');
}

/** A list for one placeholder, whatever its length: an array on PostgreSQL, JSON that SQLite unfolds with `json_each`. */
export function listValue(dialect: SqlDialect, values: readonly unknown[]): unknown {
  return dialect === 'postgresql' ? values : `[${values.map(jsonItem).join(',')}]`;
}

function jsonItem(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value instanceof Date ? value.getTime() : value);
}
