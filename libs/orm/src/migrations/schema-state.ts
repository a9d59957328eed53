import { type CheckSpec, columnsOfCheck } from '../constraints/check-spec.js';
import { MigrationStateError } from '../errors/migration.errors.js';

/** Column types that every supported database has, under names of their own. */
export type ColumnType =
  | 'string'
  | 'text'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'float'
  | 'double'
  | 'decimal'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'time'
  | 'json'
  | 'uuid'
  | 'binary'
  | 'enum';

/** A piece of SQL of one's own, for what is not portable. */
export interface RawSql {
  readonly sql: string;
}

/** A value of a column: as code has it, points in time as ISO texts, JSON as its text, or SQL. */
export type ColumnValue = string | number | boolean | RawSql;

/** What a migration says about a column. */
export interface ColumnSpec {
  readonly type: ColumnType | RawSql;
  /** Of `string` (characters) and of `datetime` and `time` (digits after the second). @defaultValue 255, 3, 0 */
  readonly length?: number;
  /** Digits of a `decimal` in all. @defaultValue 10 */
  readonly precision?: number;
  /** Digits of a `decimal` after the point. @defaultValue 0 */
  readonly scale?: number;
  /** The values of an `enum`. */
  readonly values?: readonly string[];
  /** @defaultValue false */
  readonly nullable?: boolean;
  readonly default?: ColumnValue;
  /** Several columns of a table may say so. @defaultValue false */
  readonly primaryKey?: boolean;
  /** @defaultValue false */
  readonly autoIncrement?: boolean;
}

/** What a migration says about an index. */
export interface IndexSpec {
  readonly columns: readonly string[];
  /** @defaultValue false */
  readonly unique?: boolean;
  /** The rows that it holds. MariaDB has no such indexes: there it holds all rows, and is refused when unique. */
  readonly where?: CheckSpec;
}

/** What happens to a row when the row it refers to is deleted or gets another key. */
export type ReferentialAction = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action';

/** What a migration says about a foreign key. */
export interface ForeignKeySpec {
  readonly columns: readonly string[];
  readonly references: { readonly table: string; readonly columns: readonly string[] };
  /** @defaultValue the database's own, which refuses */
  readonly onDelete?: ReferentialAction;
  /** @defaultValue the database's own, which refuses */
  readonly onUpdate?: ReferentialAction;
}

/** A table: columns in order; indexes, foreign keys and checks by name. */
export interface TableSpec {
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  readonly indexes?: Readonly<Record<string, IndexSpec>>;
  readonly foreignKeys?: Readonly<Record<string, ForeignKeySpec>>;
  /** Rules that every row meets. */
  readonly checks?: Readonly<Record<string, CheckSpec>>;
  /** Kept where the database keeps comments; SQLite has none. */
  readonly comment?: string;
}

/** The tables as the migrations so far leave them. Never changed in place. */
export type SchemaState = Readonly<Record<string, TableSpec>>;

/** @throws {MigrationStateError} when there is no such table. */
export function tableOf(state: SchemaState, table: string): TableSpec {
  const spec = Object.hasOwn(state, table) ? state[table] : undefined;
  if (spec === undefined) throw new MigrationStateError(`There is no table "${table}".`);
  return spec;
}

/** @throws {MigrationStateError} when there is no such table or column. */
export function columnOf(state: SchemaState, table: string, column: string): ColumnSpec {
  const { columns } = tableOf(state, table);
  const spec = Object.hasOwn(columns, column) ? columns[column] : undefined;
  if (spec === undefined) throw new MigrationStateError(`Table "${table}" has no column "${column}".`);
  return spec;
}

/** Checks that every index, foreign key and check of a table leads somewhere. */
export function checkTable(state: SchemaState, name: string): void {
  const { columns, indexes = {}, foreignKeys = {}, checks = {} } = tableOf(state, name);
  for (const [index, { columns: indexed, where }] of Object.entries(indexes)) {
    const named = where === undefined ? indexed : [...indexed, ...columnsOfCheck(where)];
    checkColumns(columns, named, `Index "${index}" of table "${name}"`);
  }
  for (const [check, spec] of Object.entries(checks)) {
    checkColumns(columns, columnsOfCheck(spec), `Check "${check}" of table "${name}"`);
  }
  for (const [key, { columns: own, references }] of Object.entries(foreignKeys)) {
    const owner = `Foreign key "${key}" of table "${name}"`;
    checkColumns(columns, own, owner);
    if (!Object.hasOwn(state, references.table)) {
      throw new MigrationStateError(`${owner} refers to table "${references.table}", which does not exist.`);
    }
    checkColumns(tableOf(state, references.table).columns, references.columns, `${owner}, on its far side,`);
  }
}

function checkColumns(columns: TableSpec['columns'], named: readonly string[], owner: string): void {
  const missing = named.find((column) => !Object.hasOwn(columns, column));
  if (missing !== undefined)
    throw new MigrationStateError(`${owner} names the column "${missing}", which does not exist.`);
}

/** A copy of a record without one entry. */
export function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  const { [name]: _dropped, ...rest } = record;
  return rest;
}
