import { MigrationStateError } from '../../errors/migration.errors.js';
import { checkTable, type ColumnSpec, type SchemaState, tableOf, type TableSpec, without } from '../schema-state.js';
import type { SchemaOperation } from './operation.js';

/** Adds a column. On a table that may have rows it needs `nullable` or a `default`. */
export function addColumn(table: string, column: string, spec: ColumnSpec): SchemaOperation {
  return {
    kind: 'schema',
    description: `add column ${table}.${column}`,
    apply: (state) => {
      const before = tableOf(state, table);
      if (Object.hasOwn(before.columns, column)) {
        throw new MigrationStateError(`Column "${column}" of table "${table}" exists already.`);
      }
      return { ...state, [table]: { ...before, columns: { ...before.columns, [column]: spec } } };
    },
  };
}

/** Drops a column with its values, and with it the indexes and foreign keys it is part of. */
export function dropColumn(table: string, column: string): SchemaOperation {
  return {
    kind: 'schema',
    description: `drop column ${table}.${column}`,
    apply: (state) => {
      const before = existing(state, table, column);
      const keeps = ([, { columns }]: [string, { readonly columns: readonly string[] }]) => !columns.includes(column);
      const after: TableSpec = {
        columns: without(before.columns, column),
        indexes: Object.fromEntries(Object.entries(before.indexes ?? {}).filter(keeps)),
        foreignKeys: Object.fromEntries(Object.entries(before.foreignKeys ?? {}).filter(keeps)),
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
 * A column that stops being nullable needs a `default` when there may be rows without a value: they get it.
 */
export function alterColumn(table: string, column: string, spec: ColumnSpec): SchemaOperation {
  return {
    kind: 'schema',
    description: `alter column ${table}.${column}`,
    apply: (state) => {
      const before = existing(state, table, column);
      return { ...state, [table]: { ...before, columns: { ...before.columns, [column]: spec } } };
    },
  };
}

function existing(state: SchemaState, table: string, column: string): TableSpec {
  const spec = tableOf(state, table);
  if (!Object.hasOwn(spec.columns, column)) {
    throw new MigrationStateError(`Table "${table}" has no column "${column}".`);
  }
  return spec;
}
