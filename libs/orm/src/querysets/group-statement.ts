import { sql } from 'kysely';
import type { Database } from '../context/database.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import { aggregateSql, describeAggregate } from './aggregate-columns.js';
import { columnSql, describeColumn } from './aggregation.js';
import type { Condition } from './condition.js';
import { conditionSql, describeCondition } from './condition-sql.js';
import { type DatePart, datePartSql } from './date-part.js';
import type { ColumnPath, Order, QueryState } from './query-state.js';
import { Scope } from './scope.js';
import { type BoundStatement, limitSql, orderSql } from './select-statement.js';
import { StatementBuilder } from './statement.js';
import { visibleRows } from './visible-rows.js';

/** What rows are grouped by: a column, or a part of one. */
export interface GroupKey extends ColumnPath {
  readonly part?: DatePart;
  /** The column whose values, or whose part, are meant; {@link field} describes what is answered. */
  readonly source: FieldDefinition;
}

/** Everything that is asked of groups of rows. */
export interface GroupState {
  readonly keys: readonly GroupKey[];
  readonly aggregates: readonly ColumnPath[];
  readonly having?: Condition;
  readonly order: readonly Order[];
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * Compiles a query for groups. The groups are a subquery, so that conditions and orders name its columns, and each
 * aggregate, whatever values are bound in it, is written once.
 */
export function groupStatement(
  database: Database,
  model: ModelClass,
  rows: QueryState,
  groups: GroupState,
  counts: boolean,
): BoundStatement {
  const values: unknown[] = [];
  const { dialect } = database;
  const describe = (condition?: Condition) => (condition ? describeCondition(condition, dialect, values) : '');
  const visible = visibleRows(model, rows);
  const shape = [
    counts ? 'count groups' : 'groups',
    groups.keys.map((key) => `${describeColumn(key)}.${key.part ?? ''}`).join(),
    groups.aggregates.map((column) => `${column.key}:${describeAggregate(column, dialect, values)}`).join(),
    describe(visible),
    describe(groups.having),
    groups.order.map(({ key }) => key).join(),
    groups.limit !== undefined,
    groups.offset !== undefined,
  ].join('|');
  if (groups.limit !== undefined) values.push(groups.limit);
  if (groups.offset !== undefined) values.push(groups.offset);
  const statement = database.statement(model, shape, () => {
    const builder = new StatementBuilder(dialect, database.kysely);
    const definition = modelDefinition(model);
    const scope = new Scope(builder, definition);
    const keys = groups.keys.map((key) => keySql(scope, key));
    const columns = [...keys, ...groups.aggregates.map((column) => aggregateSql(scope, column))];
    const names = [...groups.keys, ...groups.aggregates].map(({ key }) => key);
    const selected = sql.join(columns.map((column, index) => sql`${column} as ${sql.id(names[index] ?? '')}`));
    const where = visible ? sql` where ${conditionSql(scope, visible)}` : sql``;
    // By position: an expression with bound values in it is not recognised as the one that is selected.
    const positions = sql.join(keys.map((_, index) => sql.lit(index + 1)));
    const grouped = sql`select ${selected} from ${scope.from()}${where} group by ${positions}`;
    const outer = new Scope(builder, definition);
    const having = groups.having ? sql` where ${conditionSql(outer, groups.having)}` : sql``;
    const order =
      groups.order.length > 0 ? sql` order by ${sql.join(groups.order.map((item) => orderSql(outer, item)))}` : sql``;
    const limit = limitSql(builder, groups, 'values');
    const query = sql`select * from (${grouped}) as ${sql.id(outer.alias)}${having}${order}${limit}`;
    return builder.build(
      counts ? sql`select count(*) as ${sql.id('count')} from (${query}) as ${sql.id('matching')}` : query,
      { looksAtAll: true },
    );
  });
  return { statement, values };
}

function keySql(scope: Scope, key: GroupKey) {
  const column = columnSql(scope, { ...key, field: key.source });
  return key.part ? datePartSql(scope.builder.dialect, column, key.source.scalarKind, key.part) : column;
}
