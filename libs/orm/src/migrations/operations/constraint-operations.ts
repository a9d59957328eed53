import type { CheckSpec } from '../../constraints/check-spec.js';
import { MigrationStateError } from '../../errors/migration.errors.js';
import {
  checkTable,
  type ForeignKeySpec,
  type IndexSpec,
  type SchemaState,
  tableOf,
  without,
} from '../schema-state.js';
import type { SchemaOperation } from './operation.js';

/** Creates an index, or with `unique` a rule that no two rows share these values. */
export function createIndex(table: string, index: string, spec: IndexSpec): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'createIndex', args: [table, index, spec] },
    description: `create index ${index} on ${table}`,
    apply: (state) => added(state, table, 'indexes', index, spec),
  };
}

/** Drops an index. */
export function dropIndex(table: string, index: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'dropIndex', args: [table, index] },
    description: `drop index ${index} on ${table}`,
    apply: (state) => removed(state, table, 'indexes', index),
  };
}

/** Makes columns refer to another table; rows that refer to nothing make the migration fail. */
export function addForeignKey(table: string, foreignKey: string, spec: ForeignKeySpec): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'addForeignKey', args: [table, foreignKey, spec] },
    description: `add foreign key ${foreignKey} on ${table}`,
    apply: (state) => added(state, table, 'foreignKeys', foreignKey, spec),
  };
}

/** Drops a foreign key; the column stays. */
export function dropForeignKey(table: string, foreignKey: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'dropForeignKey', args: [table, foreignKey] },
    description: `drop foreign key ${foreignKey} on ${table}`,
    apply: (state) => removed(state, table, 'foreignKeys', foreignKey),
  };
}

/** Makes the database hold every row to a rule; rows that break it make the migration fail. */
export function addCheck(table: string, check: string, spec: CheckSpec): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'addCheck', args: [table, check, spec] },
    description: `add check ${check} on ${table}`,
    apply: (state) => added(state, table, 'checks', check, spec),
  };
}

/** Drops a check. */
export function dropCheck(table: string, check: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'dropCheck', args: [table, check] },
    description: `drop check ${check} on ${table}`,
    apply: (state) => removed(state, table, 'checks', check),
  };
}

type Constraints = 'indexes' | 'foreignKeys' | 'checks';

function added(
  state: SchemaState,
  table: string,
  kind: Constraints,
  name: string,
  spec: IndexSpec | ForeignKeySpec | CheckSpec,
): SchemaState {
  const before = tableOf(state, table);
  const named: Readonly<Record<string, unknown>> = before[kind] ?? {};
  if (Object.hasOwn(named, name)) throw new MigrationStateError(`Table "${table}" has "${name}" already.`);
  const next = { ...state, [table]: { ...before, [kind]: { ...named, [name]: spec } } };
  checkTable(next, table);
  return next;
}

function removed(state: SchemaState, table: string, kind: Constraints, name: string): SchemaState {
  const before = tableOf(state, table);
  const named: Readonly<Record<string, unknown>> = before[kind] ?? {};
  if (!Object.hasOwn(named, name)) throw new MigrationStateError(`Table "${table}" has no "${name}".`);
  return { ...state, [table]: { ...before, [kind]: without(named, name) } };
}
