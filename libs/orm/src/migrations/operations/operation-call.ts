import type { CheckSpec } from '../../constraints/check-spec.js';
import type { ColumnSpec, ForeignKeySpec, IndexSpec, TableSpec } from '../schema-state.js';
import { addColumn, alterColumn, type ColumnOptions, dropColumn } from './column-operations.js';
import { addCheck, addForeignKey, createIndex, dropCheck, dropForeignKey, dropIndex } from './constraint-operations.js';
import { runSql } from './data-operations.js';
import type { Operation } from './operation.js';
import { renameColumn, renameIndex, renameTable } from './rename-operations.js';
import { commentTable, createTable, dropTable } from './table-operations.js';

/** A call of a function that changes tables, as data. */
export type SchemaCall =
  | { readonly name: 'createTable'; readonly args: readonly [table: string, spec: TableSpec] }
  | { readonly name: 'dropTable'; readonly args: readonly [table: string] }
  | { readonly name: 'renameTable'; readonly args: readonly [from: string, to: string] }
  | { readonly name: 'commentTable'; readonly args: readonly [table: string, comment?: string] }
  | {
      readonly name: 'addColumn' | 'alterColumn';
      readonly args: readonly [table: string, column: string, spec: ColumnSpec, options?: ColumnOptions];
    }
  | { readonly name: 'dropColumn'; readonly args: readonly [table: string, column: string, options?: ColumnOptions] }
  | { readonly name: 'renameColumn' | 'renameIndex'; readonly args: readonly [table: string, from: string, to: string] }
  | { readonly name: 'createIndex'; readonly args: readonly [table: string, index: string, spec: IndexSpec] }
  | { readonly name: 'addForeignKey'; readonly args: readonly [table: string, key: string, spec: ForeignKeySpec] }
  | { readonly name: 'addCheck'; readonly args: readonly [table: string, check: string, spec: CheckSpec] }
  | {
      readonly name: 'dropIndex' | 'dropForeignKey' | 'dropCheck';
      readonly args: readonly [table: string, constraint: string];
    };

/** A call of an operation's function, as data: what a generated file writes down. */
export type OperationCall =
  | SchemaCall
  | { readonly name: 'runSql'; readonly args: readonly [sql: readonly string[], reverse?: readonly string[]] };

const FUNCTIONS = {
  createTable,
  dropTable,
  renameTable,
  commentTable,
  addColumn,
  alterColumn,
  dropColumn,
  renameColumn,
  renameIndex,
  createIndex,
  dropIndex,
  addForeignKey,
  dropForeignKey,
  addCheck,
  dropCheck,
  runSql,
} as const;

/** Makes the call. */
export function operationOf<C extends OperationCall>(
  call: C,
): C extends SchemaCall ? Extract<Operation, { kind: 'schema' }> : Operation {
  // The union of calls pairs each name with the arguments of its function.
  const make = FUNCTIONS[call.name] as (...args: readonly unknown[]) => ReturnType<typeof operationOf<C>>;
  return make(...call.args);
}
