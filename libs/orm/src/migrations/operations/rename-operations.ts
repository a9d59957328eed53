import { withRenamedColumn } from '../../constraints/check-spec.js';
import { MigrationStateError } from '../../errors/migration.errors.js';
import { columnOf, type ForeignKeySpec, type SchemaState, tableOf, type TableSpec } from '../schema-state.js';
import type { SchemaOperation } from './operation.js';

/** Gives a table another name; its rows and what refers to it stay. */
export function renameTable(from: string, to: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'renameTable', args: [from, to] },
    description: `rename table ${from} to ${to}`,
    rename: { kind: 'table', from, to },
    apply: (state) => {
      tableOf(state, from);
      if (Object.hasOwn(state, to)) throw new MigrationStateError(`Table "${to}" exists already.`);
      return mapTables(state, (table, spec) => [
        table === from ? to : table,
        withForeignKeys(spec, (key) =>
          key.references.table === from ? { ...key, references: { ...key.references, table: to } } : key,
        ),
      ]);
    },
  };
}

/** Gives a column another name, in its table and in all that speaks of it; its values stay. */
export function renameColumn(table: string, from: string, to: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'renameColumn', args: [table, from, to] },
    description: `rename column ${table}.${from} to ${to}`,
    rename: { kind: 'column', table, from, to },
    apply: (state) => {
      columnOf(state, table, from);
      if (Object.hasOwn(tableOf(state, table).columns, to)) {
        throw new MigrationStateError(`Column "${to}" of table "${table}" exists already.`);
      }
      const named = (columns: readonly string[]) => columns.map((column) => (column === from ? to : column));
      return mapTables(state, (name, spec) => [
        name,
        withForeignKeys(name === table ? withColumnName(spec, from, to) : spec, (key) => ({
          ...key,
          ...(name === table && { columns: named(key.columns) }),
          ...(key.references.table === table && {
            references: { table, columns: named(key.references.columns) },
          }),
        })),
      ]);
    },
  };
}

/** Gives an index another name. */
export function renameIndex(table: string, from: string, to: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'renameIndex', args: [table, from, to] },
    description: `rename index ${from} on ${table} to ${to}`,
    apply: (state) => {
      const spec = tableOf(state, table);
      const { indexes = {} } = spec;
      if (!Object.hasOwn(indexes, from)) throw new MigrationStateError(`Table "${table}" has no "${from}".`);
      if (Object.hasOwn(indexes, to)) throw new MigrationStateError(`Table "${table}" has "${to}" already.`);
      return { ...state, [table]: { ...spec, indexes: mapKeys(indexes, (name) => (name === from ? to : name)) } };
    },
  };
}

function withColumnName(spec: TableSpec, from: string, to: string): TableSpec {
  const named = (column: string) => (column === from ? to : column);
  const { indexes, checks } = spec;
  return {
    ...spec,
    columns: mapKeys(spec.columns, named),
    ...(indexes && {
      indexes: mapValues(indexes, ({ where, ...index }) => ({
        ...index,
        columns: index.columns.map(named),
        ...(where && { where: withRenamedColumn(where, from, to) }),
      })),
    }),
    ...(checks && { checks: mapValues(checks, (check) => withRenamedColumn(check, from, to)) }),
  };
}

function withForeignKeys(spec: TableSpec, change: (key: ForeignKeySpec) => ForeignKeySpec): TableSpec {
  return spec.foreignKeys ? { ...spec, foreignKeys: mapValues(spec.foreignKeys, change) } : spec;
}

function mapTables(state: SchemaState, change: (name: string, spec: TableSpec) => [string, TableSpec]): SchemaState {
  return Object.fromEntries(Object.entries(state).map(([name, spec]) => change(name, spec)));
}

function mapKeys<T>(record: Readonly<Record<string, T>>, change: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [change(key), value]));
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
