import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { columnSql, describeColumn } from './aggregation.js';
import { comparisonValues } from './bound-values.js';
import type { Comparison, Condition, Existence } from './condition.js';
import { datePartSql } from './date-part.js';
import { describeTextSearch, textSearchSql } from './full-text.js';
import { inList } from './list-membership.js';
import { describeOperand, operandSql } from './operand.js';
import { relatedRows } from './related-rows.js';
import type { Scope } from './scope.js';
import { textComparison } from './text-comparison.js';

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
      return inList(scope.builder, column, field);
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
