import type { ColumnSpec, ForeignKeySpec, IndexSpec, TableSpec } from '../schema-state.js';
import { addColumn, alterColumn, dropColumn } from './column-operations.js';
import { addForeignKey, createIndex, dropForeignKey, dropIndex } from './constraint-operations.js';
import type { SchemaOperation } from './operation.js';
import { createTable, dropTable } from './table-operations.js';

/** A call of an operation's function, as data: what a generated file writes down. */
export type OperationCall =
  | { readonly name: 'createTable'; readonly args: readonly [table: string, spec: TableSpec] }
  | { readonly name: 'dropTable'; readonly args: readonly [table: string] }
  | {
      readonly name: 'addColumn' | 'alterColumn';
      readonly args: readonly [table: string, column: string, spec: ColumnSpec];
    }
  | { readonly name: 'dropColumn'; readonly args: readonly [table: string, column: string] }
  | { readonly name: 'createIndex'; readonly args: readonly [table: string, index: string, spec: IndexSpec] }
  | { readonly name: 'addForeignKey'; readonly args: readonly [table: string, key: string, spec: ForeignKeySpec] }
  | { readonly name: 'dropIndex' | 'dropForeignKey'; readonly args: readonly [table: string, constraint: string] };

/** Makes the call. */
export function operationOf(call: OperationCall): SchemaOperation {
  switch (call.name) {
    case 'createTable':
      return createTable(...call.args);
    case 'dropTable':
      return dropTable(...call.args);
    case 'addColumn':
      return addColumn(...call.args);
    case 'alterColumn':
      return alterColumn(...call.args);
    case 'dropColumn':
      return dropColumn(...call.args);
    case 'createIndex':
      return createIndex(...call.args);
    case 'dropIndex':
      return dropIndex(...call.args);
    case 'addForeignKey':
      return addForeignKey(...call.args);
    case 'dropForeignKey':
      return dropForeignKey(...call.args);
  }
}
