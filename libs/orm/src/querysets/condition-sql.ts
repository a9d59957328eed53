import { type RawBuilder, sql } from 'kysely';
import { FOLD_CASE } from '../databases/sqlite/text-functions.js';
import type { SqlDialect } from '../context/database.js';
import { columnSql, describeColumn } from './aggregation.js';
import { comparisonValues } from './bound-values.js';
import type { Comparison, Condition, Existence } from './condition.js';
import { datePartSql } from './date-part.js';
import { describeTextSearch, textSearchSql } from './full-text.js';
import { describeOperand, operandSql } from './operand.js';
import { relatedRows } from './related-rows.js';
import type { Scope } from './scope.js';
import type { StatementBuilder } from './statement.js';

type Sql = RawBuilder<unknown>;

/**
 * Describes a condition so that two with the same SQL have the same text, and collects its values in the order in
 * which {@link conditionSql} takes slots for them.
 */
export function describeCondition(condition: Condition, dialect: SqlDialect, values: unknown[]): string {
  switch (condition.kind) {
    case 'comparison':
      if (condition.form === 'values') values.push(...comparisonValues(condition, dialect));
      return `${describeColumn(condition.lookup)}=${condition.operand ? describeOperand(condition.operand, values) : condition.form}`;
    case 'exists': {
      const trail = [...condition.path, condition.relation].map(({ name }) => name).join('__');
      return `${trail}{${describeCondition(condition.where, dialect, values)}}`;
    }
    case 'search':
      values.push(condition.text);
      return describeTextSearch(condition);
    case 'not':
      return `!(${describeCondition(condition.part, dialect, values)})`;
    default:
      return `${condition.kind}(${condition.parts.map((part) => describeCondition(part, dialect, values)).join(',')})`;
  }
}

/** The SQL of a condition; joins that it needs are added to the scope. */
export function conditionSql(scope: Scope, condition: Condition): Sql {
  switch (condition.kind) {
    case 'comparison':
      return comparisonSql(scope, condition);
    case 'exists':
      return existenceSql(scope, condition);
    case 'search':
      return textSearchSql(scope, condition);
    case 'not':
      // "is not true" rather than "not": a comparison with an empty column is neither true nor false.
      return sql`(${conditionSql(scope, condition.part)}) is not true`;
    default: {
      if (condition.parts.length === 0) return condition.kind === 'and' ? sql`1 = 1` : sql`1 = 0`;
      const parts = condition.parts.map((part) => conditionSql(scope, part));
      return sql`(${sql.join(parts, condition.kind === 'and' ? sql` and ` : sql` or `)})`;
    }
  }
}

function existenceSql(scope: Scope, { path, relation, where }: Existence): Sql {
  const related = relatedRows(scope.follow(path), relation);
  const condition = conditionSql(related.scope, where);
  return sql`exists (select 1 from ${related.from()} where ${related.tie} and ${condition})`;
}

function comparisonSql(scope: Scope, { lookup, form, operand }: Comparison): Sql {
  const { dialect } = scope.builder;
  const { field, name } = lookup;
  const column = columnSql(scope, lookup);
  const slot = () => (operand ? operandSql(scope, operand) : scope.builder.slot());
  if (form === 'nothing') return sql`1 = 0`;
  if (form === 'null') return sql`${column} is null`;
  if (form === 'notNull') return sql`${column} is not null`;
  switch (name) {
    case 'exact':
      return sql`${column} = ${slot()}`;
    case 'gt':
      return sql`${column} > ${slot()}`;
    case 'gte':
      return sql`${column} >= ${slot()}`;
    case 'lt':
      return sql`${column} < ${slot()}`;
    case 'lte':
      return sql`${column} <= ${slot()}`;
    case 'range':
      return sql`${column} between ${slot()} and ${slot()}`;
    case 'in':
      return inList(scope.builder, column);
    case 'year':
      return field.scalarKind === 'datetime'
        ? sql`(${column} >= ${slot()} and ${column} < ${slot()})`
        : sql`${column} between ${slot()} and ${slot()}`;
    case 'month':
    case 'day':
      return sql`${datePartSql(dialect, column, field.scalarKind, name)} = ${slot()}`;
    case 'isnull':
      return sql`${column} is null`;
    default:
      return textComparison(dialect, column, name, slot);
  }
}

/** The SQL that tells whether a column's value is in a list, which takes one slot. */
export function inList(builder: StatementBuilder, column: Sql): Sql {
  const list = builder.slot();
  return builder.dialect === 'postgresql'
    ? sql`${column} = any(${list})`
    : sql`${column} in (select value from json_each(${list}))`;
}

type TextLookup = 'iexact' | 'contains' | 'icontains' | 'startswith' | 'istartswith' | 'endswith' | 'iendswith';

function textComparison(dialect: SqlDialect, column: Sql, name: TextLookup, slot: () => Sql): Sql {
  const caseless = name === 'iexact' || name === 'icontains' || name === 'istartswith' || name === 'iendswith';
  if (dialect === 'postgresql') {
    return caseless ? sql`${column} ilike ${slot()} escape '\\'` : sql`${column} like ${slot()} escape '\\'`;
  }
  // SQLite's "like" ignores case, so comparisons that must not are made of string functions.
  if (name === 'contains') return sql`instr(${column}, ${slot()}) > 0`;
  if (name === 'startswith') return sql`substr(${column}, 1, length(${slot()})) = ${slot()}`;
  if (name === 'endswith') {
    return sql`(length(${column}) >= length(${slot()}) and substr(${column}, length(${column}) - length(${slot()}) + 1) = ${slot()})`;
  }
  return sql`${sql.raw(FOLD_CASE)}(${column}) like ${slot()} escape '\\'`;
}
