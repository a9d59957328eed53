import type { RawBuilder } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import type { Aggregates } from './aggregate.js';
import { columnSql, describeColumn, resolveAggregate } from './aggregation.js';
import { conditionSql, describeCondition } from './condition-sql.js';
import type { ColumnPath, QueryNames } from './query-state.js';
import { givenRecord } from './given-arguments.js';
import { conditionFrom } from './q.js';
import type { Scope } from './scope.js';

/**
 * Resolves aggregates of a query's own rows, and the conditions that some count rows by.
 *
 * @throws InvalidLookupError before any SQL, when one of them names what the model does not have.
 */
export function resolveAggregates(names: QueryNames, aggregates: Aggregates): readonly ColumnPath[] {
  const given = givenRecord({ model: names.model.name, what: 'aggregate' }, aggregates) as Aggregates;
  return Object.entries(given).map(([name, aggregate]) => {
    const column = resolveAggregate(names, name, aggregate);
    const { filter } = aggregate;
    if (filter === undefined || !column.aggregation) return column;
    const where = conditionFrom(filter, names.model, names);
    return { ...column, aggregation: { ...column.aggregation, where } };
  });
}

/** Describes an aggregate so that two with the same SQL have the same text, and collects the values of its condition. */
export function describeAggregate(column: ColumnPath, dialect: SqlDialect, values: unknown[]): string {
  const where = column.aggregation?.where;
  return `${describeColumn(column)}${where ? ` if ${describeCondition(where, dialect, values)}` : ''}`;
}

/** The SQL of an aggregate of a query's own rows; its values must have been collected in the same order. */
export function aggregateSql(scope: Scope, column: ColumnPath): RawBuilder<unknown> {
  const where = column.aggregation?.where;
  return columnSql(scope, column, where && conditionSql(scope, where));
}
