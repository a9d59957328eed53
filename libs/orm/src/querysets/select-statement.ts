import { type RawBuilder, sql } from 'kysely';
import type { Database, SqlDialect } from '../context/database.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import { aggregateSql, describeAggregate } from './aggregate-columns.js';
import { columnSql, describeColumn } from './aggregation.js';
import { conditionSql, describeCondition } from './condition-sql.js';
import { type AnnotationColumns, type ColumnPath, type Order, type QueryState, sortOrder } from './query-state.js';
import { Scope } from './scope.js';
import { type Statement, StatementBuilder } from './statement.js';
import { visibleRows } from './visible-rows.js';

/** A statement and the values for its slots. */
export interface BoundStatement {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** What of the matching rows is read. */
export type Selection =
  /** Columns by their own names, those of joined rows under `<path>.<column>`, annotations under `~<name>`. */
  | {
      readonly kind: 'rows';
      readonly columns: readonly FieldDefinition[];
      readonly joined: readonly (readonly FieldDefinition[])[];
      readonly annotations: AnnotationColumns;
    }
  /** Columns under the keys that they were asked for by. */
  | { readonly kind: 'values'; readonly columns: readonly ColumnPath[] }
  /** One row of values made of all rows. */
  | { readonly kind: 'aggregates'; readonly columns: readonly ColumnPath[] }
  | { readonly kind: 'count' }
  | { readonly kind: 'exists' };

/** Compiles a query, or finds it compiled under the same shape. */
export function selectStatement(
  database: Database,
  model: ModelClass,
  state: QueryState,
  selection: Selection,
): BoundStatement {
  const values: unknown[] = [];
  const selected = describeSelection(selection, database.dialect, values);
  const visible = visibleRows(model, state);
  const order = sortOrder(model, state);
  const where = visible ? describeCondition(visible, database.dialect, values) : '';
  if (state.limit !== undefined) values.push(state.limit);
  if (state.offset !== undefined) values.push(state.offset);
  const cut = `${state.limit !== undefined}|${state.offset !== undefined}|${state.lock}`;
  const shape = `${selected}|${state.distinct}|${where}|${order.map(describeColumn).join()}|${cut}`;
  const statement = database.statement(model, shape, () =>
    compile(database, model, { ...state, where: visible, order }, selection),
  );
  return { statement, values };
}

function describeSelection(selection: Selection, dialect: SqlDialect, values: unknown[]): string {
  switch (selection.kind) {
    case 'rows':
      return `rows ${selection.columns.map(({ name }) => name).join()} ${selection.joined.map(pathName).join()} ${[...selection.annotations.values()].map(describeColumn).join()}`;
    case 'values':
      return `values ${describeColumns(selection.columns)}`;
    case 'aggregates':
      return `aggregates ${selection.columns.map((column) => describeAggregate(column, dialect, values)).join()}`;
    default:
      return selection.kind;
  }
}

const described = new WeakMap<readonly ColumnPath[], string>();

/** Tells lists of columns with different SQL apart; remembered, since most lists are made once. */
export function describeColumns(columns: readonly ColumnPath[]): string {
  let text = described.get(columns);
  if (text === undefined) described.set(columns, (text = columns.map(describeColumn).join()));
  return text;
}

export function pathName(path: readonly FieldDefinition[]): string {
  return path.map(({ name }) => name).join('__');
}

function compile(database: Database, model: ModelClass, state: QueryState, selection: Selection): Statement {
  const builder = new StatementBuilder(database.dialect, database.kysely);
  const scope = new Scope(builder, modelDefinition(model));
  const limited = state.limit !== undefined || state.offset !== undefined;
  const whole = selection.kind === 'count' && (limited || state.distinct);
  // The columns and the condition first: they add the joins that "from" then lists.
  const columns = whole ? sql`1` : selectedColumns(scope, selection);
  const where = state.where && conditionSql(scope, state.where);
  const sorted = selection.kind === 'rows' || selection.kind === 'values' || limited;
  const order = sorted ? state.order.map((item) => orderSql(scope, item)) : [];
  const limit = limitSql(builder, state, selection.kind);
  const distinct = state.distinct ? sql`distinct ` : sql``;
  const query = sql`select ${distinct}${columns} from ${scope.from()}${where ? sql` where ${where}` : sql``}${
    order.length > 0 ? sql` order by ${sql.join(order)}` : sql``
  }${limit}${sorted ? lockSql(scope, state) : sql``}`;
  return builder.build(
    whole ? sql`select count(*) as ${sql.id('count')} from (${query}) as ${sql.id('matching')}` : query,
    { looksAtAll: selection.kind === 'count' || selection.kind === 'aggregates', isNumber: selection.kind === 'count' },
  );
}

function selectedColumns(scope: Scope, selection: Selection): RawBuilder<unknown> {
  switch (selection.kind) {
    case 'count':
      return sql`count(*) as ${sql.id('count')}`;
    case 'exists':
      return sql`1`;
    case 'values':
      return sql.join(selection.columns.map((column) => sql`${columnSql(scope, column)} as ${sql.id(column.key)}`));
    case 'aggregates':
      return sql.join(selection.columns.map((column) => sql`${aggregateSql(scope, column)} as ${sql.id(column.key)}`));
    case 'rows': {
      const own = selection.columns.map((field) => scope.column(field));
      const joined = selection.joined.flatMap((path) => {
        const related = scope.follow(path);
        return [...related.definition.fields.values()]
          .filter(({ columnName }) => columnName !== undefined)
          .map((field) => sql`${related.column(field)} as ${sql.id(`${pathName(path)}.${field.columnName}`)}`);
      });
      const annotations = [...selection.annotations].map(
        ([name, column]) => sql`${columnSql(scope, column)} as ${sql.id(`~${name}`)}`,
      );
      return sql.join([...own, ...joined, ...annotations]);
    }
  }
}

/** Empty columns sort last, and first when the order is reversed, on every database. */
export function orderSql(scope: Scope, order: Order): RawBuilder<unknown> {
  const { path, field, descending } = order;
  const { dialect } = scope.builder;
  const column = sortable(dialect, field, columnSql(scope, order));
  const direction = descending ? sql`desc` : sql`asc`;
  const mayBeEmpty = field.nullable || path.some(({ nullable }) => nullable);
  if (!mayBeEmpty || dialect === 'postgresql') return sql`${column} ${direction}`;
  if (speaksMySql(dialect)) return sql`${column} is null ${direction}, ${column} ${direction}`;
  return sql`${column} ${direction} nulls ${descending ? sql`first` : sql`last`}`;
}

/** MySQL sorts the values of an enum by their position. */
function sortable(dialect: SqlDialect, { scalarKind, choices }: FieldDefinition, column: RawBuilder<unknown>) {
  const byPosition = scalarKind === 'enum' && speaksMySql(dialect) && choices?.some((one) => typeof one === 'string');
  return byPosition ? sql`cast(${column} as char)` : column;
}

/** SQLite has no row locks: a transaction that may write holds the only write lock already. */
function lockSql({ alias, builder }: Scope, { lock }: QueryState): RawBuilder<unknown> {
  if (!lock || builder.dialect === 'sqlite') return sql``;
  // MariaDB cannot leave joined rows out.
  const locked = builder.dialect === 'mariadb' ? sql` for update` : sql` for update of ${sql.id(alias)}`;
  switch (lock) {
    case 'skip':
      return sql`${locked} skip locked`;
    case 'refuse':
      return sql`${locked} nowait`;
    case 'wait':
      return locked;
  }
}

/** Ends a statement after so many rows. */
export function limitSql(
  builder: StatementBuilder,
  { limit, offset }: Pick<QueryState, 'limit' | 'offset'>,
  kind: Selection['kind'],
): RawBuilder<unknown> {
  if (limit !== undefined) {
    const slot = sql` limit ${builder.slot()}`;
    return offset === undefined ? slot : sql`${slot} offset ${builder.slot()}`;
  }
  if (offset !== undefined) {
    return sql`${UNLIMITED[builder.dialect]} offset ${builder.slot()}`;
  }
  return kind === 'exists' ? sql` limit 1` : sql``;
}

/** What an offset without a limit has to follow. */
const UNLIMITED: Readonly<Record<SqlDialect, RawBuilder<unknown>>> = {
  sqlite: sql` limit -1`,
  postgresql: sql``,
  mariadb: sql` limit 18446744073709551615`,
  mysql: sql` limit 18446744073709551615`,
};
