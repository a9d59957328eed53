import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_LENGTHS } from './mikro-schema.js';
import type { OperationCall } from './operations/operation-call.js';
import type { ColumnSpec, ForeignKeySpec, SchemaState, TableSpec } from './schema-state.js';

type Named<T> = Readonly<Record<string, T>>;

/** Finds the operations that lead from one description of the tables to another, in an order that works. */
export function operationsBetween(before: SchemaState, after: SchemaState): OperationCall[] {
  const created = Object.keys(after).filter((table) => !Object.hasOwn(before, table));
  const dropped = Object.keys(before).filter((table) => !Object.hasOwn(after, table));
  const kept = Object.keys(after).flatMap((table): [string, TableSpec, TableSpec][] => {
    const [old, next] = [before[table], after[table]];
    return old && next ? [[table, old, next]] : [];
  });
  return [
    ...kept.flatMap(([table, old, next]) => droppedConstraints(table, old, next)),
    ...createdTables(created, after),
    ...kept.flatMap(([table, old, next]) => changedColumns(table, old, next)),
    ...kept.flatMap(([table, old, next]) => addedConstraints(table, old, next)),
    ...droppedTables(dropped, before),
  ];
}

function droppedConstraints(table: string, old: TableSpec, next: TableSpec): OperationCall[] {
  // Dropping a column takes along what it is part of.
  const survives = ({ columns }: { readonly columns: readonly string[] }) =>
    columns.every((column) => Object.hasOwn(next.columns, column));
  const gone = <T extends { readonly columns: readonly string[] }>(from: Named<T> = {}, to: Named<T> = {}) =>
    Object.entries(from).flatMap(([name, spec]) => (isSame(spec, to[name]) || !survives(spec) ? [] : [name]));
  return [
    ...gone(old.foreignKeys, next.foreignKeys).map((key): OperationCall => ({
      name: 'dropForeignKey',
      args: [table, key],
    })),
    ...gone(old.indexes, next.indexes).map((index): OperationCall => ({ name: 'dropIndex', args: [table, index] })),
  ];
}

function addedConstraints(table: string, old: TableSpec, next: TableSpec): OperationCall[] {
  const added = <T>(from: Named<T> = {}, to: Named<T> = {}) =>
    Object.entries(to).filter(([name, spec]) => !isSame(spec, from[name]));
  return [
    ...added(old.indexes, next.indexes).map(([name, spec]): OperationCall => ({
      name: 'createIndex',
      args: [table, name, spec],
    })),
    ...added(old.foreignKeys, next.foreignKeys).map(([name, spec]): OperationCall => ({
      name: 'addForeignKey',
      args: [table, name, spec],
    })),
  ];
}

function changedColumns(table: string, old: TableSpec, next: TableSpec): OperationCall[] {
  const calls: OperationCall[] = [];
  for (const [column, spec] of Object.entries(next.columns)) {
    const previous = Object.hasOwn(old.columns, column) ? old.columns[column] : undefined;
    if (previous === undefined) calls.push({ name: 'addColumn', args: [table, column, spec] });
    else if (!isSame(spelledOut(previous), spelledOut(spec)))
      calls.push({ name: 'alterColumn', args: [table, column, spec] });
  }
  for (const column of Object.keys(old.columns)) {
    if (!Object.hasOwn(next.columns, column)) calls.push({ name: 'dropColumn', args: [table, column] });
  }
  return calls;
}

/** Tables after those they refer to; a foreign key that closes a circle is added when both tables are there. */
function createdTables(tables: readonly string[], state: SchemaState): OperationCall[] {
  const late: OperationCall[] = [];
  const there = new Set(Object.keys(state).filter((table) => !tables.includes(table)));
  const calls = inOrder(tables, state).map((table): OperationCall => {
    there.add(table);
    const { foreignKeys = {}, ...spec } = state[table] ?? { columns: {} };
    const early: Record<string, ForeignKeySpec> = {};
    for (const [name, key] of Object.entries(foreignKeys)) {
      if (there.has(key.references.table)) early[name] = key;
      else late.push({ name: 'addForeignKey', args: [table, name, key] });
    }
    return {
      name: 'createTable',
      args: [table, { ...spec, ...(Object.keys(early).length > 0 && { foreignKeys: early }) }],
    };
  });
  return [...calls, ...late];
}

function droppedTables(tables: readonly string[], state: SchemaState): OperationCall[] {
  const order = inOrder(tables, state).toReversed();
  const circles = order.flatMap((table, index) =>
    Object.entries(state[table]?.foreignKeys ?? {})
      .filter(([, { references }]) => order.slice(0, index).includes(references.table))
      .map(([key]): OperationCall => ({ name: 'dropForeignKey', args: [table, key] })),
  );
  return [...circles, ...order.map((table): OperationCall => ({ name: 'dropTable', args: [table] }))];
}

function inOrder(tables: readonly string[], state: SchemaState): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (table: string): void => {
    if (seen.has(table) || !tables.includes(table)) return;
    seen.add(table);
    for (const { references } of Object.values(state[table]?.foreignKeys ?? {})) visit(references.table);
    order.push(table);
  };
  for (const table of tables.toSorted()) visit(table);
  return order;
}

/** A column with what it leaves unsaid, so that two spellings of one column are equal. */
function spelledOut({ type, ...rest }: ColumnSpec): Record<string, unknown> {
  const length = typeof type === 'string' ? DEFAULT_LENGTHS[type] : undefined;
  const defaults = { length, nullable: false, primaryKey: false, autoIncrement: false };
  return type === 'decimal' ? { type, ...defaults, precision: 10, scale: 0, ...rest } : { type, ...defaults, ...rest };
}

function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

/** Without entries that are `undefined` or `false`, which say the same as absent ones. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const said = Object.entries(value).filter(
    ([key, entry]) => entry !== undefined && !(entry === false && key !== 'default'),
  );
  return Object.fromEntries(said.map(([key, entry]) => [key, plain(entry)]));
}
