import type { SqlDialect } from '../context/database.js';

/** A rule in SQL of one's own: the same text for every database, or a text for each. */
export interface RawCheck {
  readonly sql: string | Readonly<Partial<Record<SqlDialect, string>>>;
}

/** A value that stands in a rule. */
export type CheckLiteral = string | number | boolean;

/** What a column is compared with: a value, another column, or a number computed of them. */
export type CheckOperand = CheckLiteral | { readonly column: string } | CheckComputation;

/** Two numbers and what is done with them. */
export type CheckComputation = {
  readonly [O in 'plus' | 'minus' | 'times' | 'dividedBy']?: readonly [CheckOperand, CheckOperand];
};

/** One column compared; exactly one of the comparisons is there. */
export interface CheckComparison {
  readonly column: string;
  readonly eq?: CheckOperand;
  readonly gt?: CheckOperand;
  readonly gte?: CheckOperand;
  readonly lt?: CheckOperand;
  readonly lte?: CheckOperand;
  readonly in?: readonly CheckLiteral[];
  readonly isNull?: boolean;
}

/** A rule for the rows of a table in portable terms, as a migration writes it down; names are those of columns. */
export type CheckSpec =
  | CheckComparison
  | { readonly and: readonly CheckSpec[] }
  | { readonly or: readonly CheckSpec[] }
  | { readonly not: CheckSpec }
  | RawCheck;

/** The columns that a rule speaks of; those of SQL of one's own are not known. */
export function columnsOfCheck(spec: CheckSpec): string[] {
  if ('sql' in spec) return [];
  if ('and' in spec) return spec.and.flatMap(columnsOfCheck);
  if ('or' in spec) return spec.or.flatMap(columnsOfCheck);
  if ('not' in spec) return columnsOfCheck(spec.not);
  const { column, in: _list, isNull: _empty, ...comparisons } = spec;
  return [column, ...Object.values(comparisons).flatMap(columnsOfOperand)];
}

/** The same rule after a column got another name. */
export function withRenamedColumn(spec: CheckSpec, from: string, to: string): CheckSpec {
  if ('sql' in spec) return spec;
  if ('and' in spec) return { and: spec.and.map((part) => withRenamedColumn(part, from, to)) };
  if ('or' in spec) return { or: spec.or.map((part) => withRenamedColumn(part, from, to)) };
  if ('not' in spec) return { not: withRenamedColumn(spec.not, from, to) };
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, key === 'column' && entry === from ? to : renamed(entry)]),
    );
  };
  return renamed(spec) as CheckSpec;
}

function columnsOfOperand(operand: CheckOperand): string[] {
  if (typeof operand !== 'object') return [];
  if ('column' in operand) return [operand.column];
  return Object.values(operand).flatMap((sides) => sides.flatMap(columnsOfOperand));
}
