import { columnsOfCheck } from '../../constraints/check-spec.js';
import { MigrationStateError } from '../../errors/migration.errors.js';
import {
  checkTable,
  columnOf,
  type ColumnSpec,
  type ColumnValue,
  tableOf,
  type TableSpec,
  without,
} from '../schema-state.js';
import type { SchemaOperation } from './operation.js';

/** Options of operations on columns. */
export interface ColumnOptions {
  /**
   * What the rows at hand get, once, in a column that is required and has no `default`: when it is added or becomes
   * required, or when a rollback brings it back. Points in time as ISO texts.
   */
  readonly fill?: ColumnValue;
}

/** Adds a column. On a table that may have rows it needs `nullable`, a `default` or a `fill`. */
export function addColumn(
  table: string,
  column: string,
  spec: ColumnSpec,
  { fill }: ColumnOptions = {},
): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'addColumn', args: fill === undefined ? [table, column, spec] : [table, column, spec, { fill }] },
    description: `add column ${table}.${column}`,
    ...filled(table, column, fill),
    apply: (state) => {
      const before = tableOf(state, table);
      if (Object.hasOwn(before.columns, column)) {
        throw new MigrationStateError(`Column "${column}" of table "${table}" exists already.`);
      }
      return { ...state, [table]: { ...before, columns: { ...before.columns, [column]: spec } } };
    },
  };
}

/** Drops a column with its values, and with it the indexes, foreign keys and checks it is part of. */
export function dropColumn(table: string, column: string, { fill }: ColumnOptions = {}): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'dropColumn', args: fill === undefined ? [table, column] : [table, column, { fill }] },
    description: `drop column ${table}.${column}`,
    ...filled(table, column, fill),
    apply: (state) => {
      columnOf(state, table, column);
      const before = tableOf(state, table);
      const { indexes = {}, foreignKeys = {}, checks = {} } = before;
      const after: TableSpec = {
        ...before,
        columns: without(before.columns, column),
        indexes: kept(indexes, ({ columns, where }) => [...columns, ...(where ? columnsOfCheck(where) : [])], column),
        foreignKeys: kept(foreignKeys, ({ columns }) => columns, column),
        checks: kept(checks, columnsOfCheck, column),
      };
      const next = { ...state, [table]: after };
      for (const name of Object.keys(next)) checkTable(next, name);
      return next;
    },
  };
}

/**
 * Gives a column another type, length, default or nullability: `spec` is the whole new column.
 *
 * A column that stops being nullable needs a `default` or a `fill` when there may be rows without a value: they get it.
 */
export function alterColumn(
  table: string,
  column: string,
  spec: ColumnSpec,
  { fill }: ColumnOptions = {},
): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'alterColumn', args: fill === undefined ? [table, column, spec] : [table, column, spec, { fill }] },
    description: `alter column ${table}.${column}`,
    ...filled(table, column, fill),
    apply: (state) => {
      columnOf(state, table, column);
      const before = tableOf(state, table);
      return { ...state, [table]: { ...before, columns: { ...before.columns, [column]: spec } } };
    },
  };
}

function filled(table: string, column: string, value: ColumnValue | undefined): Pick<SchemaOperation, 'fill'> {
  return value === undefined ? {} : { fill: { table, column, value } };
}

function kept<T>(
  named: Readonly<Record<string, T>>,
  columnsOf: (spec: T) => readonly string[],
  column: string,
): Record<string, T> {
  return Object.fromEntries(Object.entries(named).filter(([, spec]) => !columnsOf(spec).includes(column)));
}
