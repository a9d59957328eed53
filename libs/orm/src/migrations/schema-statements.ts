import {
  type AbstractSqlPlatform,
  BaseMySqlPlatform,
  SchemaComparator,
  type SchemaDifference,
  SqlitePlatform,
} from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import { defaultSql, toDatabaseSchema, valueSql } from './mikro-schema.js';
import type { ColumnFill } from './operations/operation.js';
import type { ColumnSpec, SchemaState } from './schema-state.js';
import { sqliteStatements } from './sqlite-statements.js';

/**
 * Finds the SQL that leads from one description of the tables to another; empty when they are equal.
 *
 * @param fill what the rows at hand get in a column that is required and new to them.
 */
export function statementsBetween(orm: SqlOrm, before: SchemaState, after: SchemaState, fill?: ColumnFill): string[] {
  const required = newlyRequired(orm, before, after, fill);
  if (required.length === 0) return difference(orm, before, after);
  let between = after;
  for (const { table, column, spec } of required)
    between = withColumn(between, table, column, { ...spec, nullable: true });
  const platform = orm.em.getPlatform();
  const filled = required.map((column) => fillSql(platform, column));
  return [...difference(orm, before, between), ...filled, ...difference(orm, between, after)];
}

/** Writes a comparison's outcome as SQL. */
export function statementsOf(orm: SqlOrm, found: SchemaDifference): string[] {
  if (isSqlite(orm)) return sqliteStatements(orm.em.getPlatform(), found);
  // PostgreSQL takes several statements at once, so the text need not be taken apart.
  const sql = orm.schema.diffToSQL(found, { wrap: false, safe: false, dropTables: true }).trim();
  if (sql === '') return [];
  return orm.em.getPlatform() instanceof BaseMySqlPlatform ? splitStatements(sql) : [sql];
}

/** MySQL takes one statement at a time. They end with their lines, outside of texts and names. */
function splitStatements(sql: string): string[] {
  const statements = [...sql.matchAll(/(?:'(?:\\.|''|[^'\\])*'|`[^`]*`|[^;'`]|;(?!\s*(?:\n|$)))+/g)];
  return statements.map(([statement]) => statement.trim()).filter((statement) => statement !== '');
}

/** Whether the application runs on SQLite. */
export function isSqlite(orm: SqlOrm): boolean {
  return orm.em.getPlatform() instanceof SqlitePlatform;
}

function difference(orm: SqlOrm, before: SchemaState, after: SchemaState): string[] {
  const platform = orm.em.getPlatform();
  const comparator = new SchemaComparator(platform);
  return statementsOf(orm, comparator.compare(toDatabaseSchema(before, platform), toDatabaseSchema(after, platform)));
}

interface RequiredColumn {
  readonly table: string;
  readonly column: string;
  readonly spec: ColumnSpec;
  /** What rows without a value get, in SQL. */
  readonly value: string;
}

/** Columns that rows must have from now on, and what the rows at hand get there. */
function newlyRequired(orm: SqlOrm, before: SchemaState, after: SchemaState, fill?: ColumnFill): RequiredColumn[] {
  const platform = orm.em.getPlatform();
  return Object.entries(after).flatMap(([table, { columns }]) =>
    Object.entries(columns).flatMap(([column, spec]): RequiredColumn[] => {
      const earlier = before[table]?.columns[column];
      const isNew = before[table] !== undefined && (earlier === undefined || earlier.nullable);
      if (spec.nullable || !isNew) return [];
      if (fill?.table === table && fill.column === column) {
        return [{ table, column, spec, value: valueSql(fill.value, spec, platform) }];
      }
      // The database itself fills added columns by their default, and a rebuilt SQLite table is filled as it is copied.
      const value = earlier === undefined || isSqlite(orm) ? undefined : defaultSql(spec, platform);
      return value === undefined ? [] : [{ table, column, spec, value }];
    }),
  );
}

function withColumn(state: SchemaState, table: string, column: string, spec: ColumnSpec): SchemaState {
  const before = state[table];
  return before === undefined
    ? state
    : { ...state, [table]: { ...before, columns: { ...before.columns, [column]: spec } } };
}

function fillSql(platform: AbstractSqlPlatform, { table, column, value }: RequiredColumn): string {
  const [quotedTable, quotedColumn] = [platform.quoteIdentifier(table), platform.quoteIdentifier(column)];
  return `update ${quotedTable} set ${quotedColumn} = ${value} where ${quotedColumn} is null`;
}
