import { isDeepStrictEqual } from 'node:util';
import { columnsOfCheck } from '../constraints/check-spec.js';
import { DEFAULT_LENGTHS } from './mikro-schema.js';
import type { SchemaCall } from './operations/operation-call.js';
import type {
  ColumnSpec,
  ColumnType,
  ColumnValue,
  ForeignKeySpec,
  IndexSpec,
  SchemaState,
  TableSpec,
} from './schema-state.js';

type Named<T> = Readonly<Record<string, T>>;

/** Finds the operations that lead from one description of the tables to another, in an order that works. */
export function operationsBetween(before: SchemaState, after: SchemaState): SchemaCall[] {
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

function columnsOfIndex({ columns, where }: IndexSpec): readonly string[] {
  return where === undefined ? columns : [...columns, ...columnsOfCheck(where)];
}

function droppedConstraints(table: string, old: TableSpec, next: TableSpec): SchemaCall[] {
  const renamed = new Set(renamedIndexes(old, next).map(([from]) => from));
  const gone = <T>(from: Named<T> = {}, to: Named<T> = {}, columnsOf: (spec: T) => readonly string[]) =>
    Object.entries(from).flatMap(([name, spec]) => {
      // Dropping a column takes along what it is part of.
      const survives = columnsOf(spec).every((column) => Object.hasOwn(next.columns, column));
      return isSame(spec, to[name]) || !survives ? [] : [name];
    });
  return [
    ...gone(old.foreignKeys, next.foreignKeys, ({ columns }) => columns).map((key): SchemaCall => ({
      name: 'dropForeignKey',
      args: [table, key],
    })),
    ...gone(old.checks, next.checks, columnsOfCheck).map((check): SchemaCall => ({
      name: 'dropCheck',
      args: [table, check],
    })),
    ...gone(old.indexes, next.indexes, columnsOfIndex)
      .filter((index) => !renamed.has(index))
      .map((index): SchemaCall => ({ name: 'dropIndex', args: [table, index] })),
  ];
}

function addedConstraints(table: string, old: TableSpec, next: TableSpec): SchemaCall[] {
  const renamed = renamedIndexes(old, next);
  const added = <T>(from: Named<T> = {}, to: Named<T> = {}) =>
    Object.entries(to).filter(([name, spec]) => !isSame(spec, from[name]));
  return [
    ...renamed.map(([from, to]): SchemaCall => ({ name: 'renameIndex', args: [table, from, to] })),
    ...added(old.indexes, next.indexes)
      .filter(([name]) => !renamed.some(([, to]) => to === name))
      .map(([name, spec]): SchemaCall => ({ name: 'createIndex', args: [table, name, spec] })),
    ...added(old.checks, next.checks).map(([name, spec]): SchemaCall => ({
      name: 'addCheck',
      args: [table, name, spec],
    })),
    ...added(old.foreignKeys, next.foreignKeys).map(([name, spec]): SchemaCall => ({
      name: 'addForeignKey',
      args: [table, name, spec],
    })),
    ...(old.comment === next.comment
      ? []
      : [{ name: 'commentTable', args: next.comment ? [table, next.comment] : [table] } satisfies SchemaCall]),
  ];
}

/** Indexes that stay what they are under another name, as those of a renamed table do. */
function renamedIndexes({ indexes: from = {} }: TableSpec, { indexes: to = {} }: TableSpec): [string, string][] {
  const taken = new Set<string>();
  return Object.entries(from).flatMap(([name, spec]): [string, string][] => {
    if (Object.hasOwn(to, name)) return [];
    const [match] = Object.entries(to).find(
      ([other, otherSpec]) => !Object.hasOwn(from, other) && !taken.has(other) && isSame(spec, otherSpec),
    ) ?? [undefined];
    if (match === undefined) return [];
    taken.add(match);
    return [[name, match]];
  });
}

function changedColumns(table: string, old: TableSpec, next: TableSpec): SchemaCall[] {
  const calls: SchemaCall[] = [];
  for (const [column, spec] of Object.entries(next.columns)) {
    const previous = Object.hasOwn(old.columns, column) ? old.columns[column] : undefined;
    if (previous === undefined) calls.push({ name: 'addColumn', args: [table, column, spec] });
    else if (!isSame(spelledOut(previous), spelledOut(spec)))
      calls.push({ name: 'alterColumn', args: [table, column, spec] });
  }
  for (const column of Object.keys(old.columns)) {
    if (Object.hasOwn(next.columns, column)) continue;
    const fill = neutralValue(old, column);
    calls.push({ name: 'dropColumn', args: fill === undefined ? [table, column] : [table, column, { fill }] });
  }
  return calls;
}

const NEUTRAL_VALUES: Readonly<Partial<Record<ColumnType, ColumnValue>>> = {
  string: '',
  text: '',
  smallint: 0,
  integer: 0,
  bigint: 0,
  float: 0,
  double: 0,
  decimal: 0,
  boolean: false,
  datetime: '1970-01-01T00:00:00.000Z',
  date: '1970-01-01',
  time: '00:00:00',
  json: 'null',
  uuid: '00000000-0000-0000-0000-000000000000',
};

/** What rows get when a rollback brings back a required column; nothing where it would break a constraint. */
function neutralValue({ columns, ...constraints }: TableSpec, column: string): ColumnValue | undefined {
  const { default: fallback, nullable, primaryKey, type, values } = columns[column] ?? { type: 'text' };
  const { checks = {}, foreignKeys = {}, indexes = {} } = constraints;
  const isBound =
    Object.values(foreignKeys).some((key) => key.columns.includes(column)) ||
    Object.values(indexes).some((index) => index.unique && index.columns.includes(column)) ||
    Object.values(checks).some((check) => columnsOfCheck(check).includes(column));
  if (nullable || primaryKey || fallback !== undefined || isBound || typeof type !== 'string') return undefined;
  return type === 'enum' ? values?.[0] : NEUTRAL_VALUES[type];
}

/** Tables after those they refer to; a foreign key that closes a circle is added when both tables are there. */
function createdTables(tables: readonly string[], state: SchemaState): SchemaCall[] {
  const late: SchemaCall[] = [];
  const there = new Set(Object.keys(state).filter((table) => !tables.includes(table)));
  const calls = inOrder(tables, state).map((table): SchemaCall => {
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

function droppedTables(tables: readonly string[], state: SchemaState): SchemaCall[] {
  const order = inOrder(tables, state).toReversed();
  const circles = order.flatMap((table, index) =>
    Object.entries(state[table]?.foreignKeys ?? {})
      .filter(([, { references }]) => order.slice(0, index).includes(references.table))
      .map(([key]): SchemaCall => ({ name: 'dropForeignKey', args: [table, key] })),
  );
  return [...circles, ...order.map((table): SchemaCall => ({ name: 'dropTable', args: [table] }))];
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
export function spelledOut({ type, ...rest }: ColumnSpec): Record<string, unknown> {
  const length = typeof type === 'string' ? DEFAULT_LENGTHS[type] : undefined;
  const defaults = { length, nullable: false, primaryKey: false, autoIncrement: false };
  return type === 'decimal' ? { type, ...defaults, precision: 10, scale: 0, ...rest } : { type, ...defaults, ...rest };
}

/** Whether two descriptions say the same. */
export function isSame(one: unknown, other: unknown): boolean {
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
