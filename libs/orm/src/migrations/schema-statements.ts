import { type AbstractSqlPlatform, SchemaComparator, type SchemaDifference, SqlitePlatform } from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import { defaultSql, toDatabaseSchema } from './mikro-schema.js';
import type { ColumnSpec, SchemaState } from './schema-state.js';
import { sqliteStatements } from './sqlite-statements.js';

/** Finds the SQL that leads from one description of the tables to another; empty when they are equal. */
export function statementsBetween(orm: SqlOrm, before: SchemaState, after: SchemaState): string[] {
  // A rebuilt SQLite table is filled with the defaults as it is copied.
  if (isSqlite(orm)) return difference(orm, before, after);
  const required = newlyRequired(before, after);
  if (required.length === 0) return difference(orm, before, after);
  let between = after;
  for (const { table, column, spec } of required)
    between = withColumn(between, table, column, { ...spec, nullable: true });
  const platform = orm.em.getPlatform();
  const filled = required.map(({ table, column, spec }) => fill(platform, table, column, spec));
  return [...difference(orm, before, between), ...filled, ...difference(orm, between, after)];
}

/** Writes a comparison's outcome as SQL. */
export function statementsOf(orm: SqlOrm, found: SchemaDifference): string[] {
  if (isSqlite(orm)) return sqliteStatements(orm.em.getPlatform(), found);
  // PostgreSQL takes several statements at once, so the text need not be taken apart.
  const sql = orm.schema.diffToSQL(found, { wrap: false, safe: false, dropTables: true }).trim();
  return sql === '' ? [] : [sql];
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
}

/** Columns that stop being nullable and have a default for the rows without a value. */
function newlyRequired(before: SchemaState, after: SchemaState): RequiredColumn[] {
  return Object.entries(after).flatMap(([table, { columns }]) =>
    Object.entries(columns)
      .filter(
        ([column, spec]) => !spec.nullable && spec.default !== undefined && before[table]?.columns[column]?.nullable,
      )
      .map(([column, spec]) => ({ table, column, spec })),
  );
}

function withColumn(state: SchemaState, table: string, column: string, spec: ColumnSpec): SchemaState {
  const before = state[table];
  return before === undefined
    ? state
    : { ...state, [table]: { ...before, columns: { ...before.columns, [column]: spec } } };
}

function fill(platform: AbstractSqlPlatform, table: string, column: string, spec: ColumnSpec): string {
  const [quotedTable, quotedColumn] = [platform.quoteIdentifier(table), platform.quoteIdentifier(column)];
  return `update ${quotedTable} set ${quotedColumn} = ${defaultSql(spec, platform)} where ${quotedColumn} is null`;
}
