import type { SqlDialect } from '../context/database.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import type { Comparison } from './condition.js';
import { listValue } from './list-membership.js';
import { textValues } from './text-comparison.js';

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
    case 'iexact':
    case 'contains':
    case 'icontains':
    case 'startswith':
    case 'istartswith':
    case 'endswith':
    case 'iendswith':
      return textValues(dialect, name, value);
    default:
      return values;
  }
}

function yearStart(year: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date;
}

function yearText(year: number): string {
  return String(year).padStart(4, '0');
}
