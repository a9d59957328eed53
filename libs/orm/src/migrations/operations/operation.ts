import type { SqlEntityManager } from '@mikro-orm/sql';
import type { ColumnValue, SchemaState } from '../schema-state.js';
import type { SchemaCall } from './operation-call.js';

/** What code in a migration gets: the transaction of the migration. */
export interface MigrationContext {
  /** Bound to the migration's transaction. Prefer SQL to models here: models will change, this migration will not. */
  readonly em: SqlEntityManager;
  /** Runs one statement with `?` for each parameter and answers with its rows. */
  execute(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** A change of a name, which a comparison of the tables before and after would take for a loss and a gain. */
export type Rename =
  | { readonly kind: 'table'; readonly from: string; readonly to: string }
  | { readonly kind: 'column'; readonly table: string; readonly from: string; readonly to: string };

/** The value that the rows at hand get in a column that has none for them. */
export interface ColumnFill {
  readonly table: string;
  readonly column: string;
  readonly value: ColumnValue;
}

/** A step of a migration that changes tables; the way back follows from the tables before and after. */
export interface SchemaOperation {
  readonly kind: 'schema';
  /** For plans and errors, such as `create table users`. */
  readonly description: string;
  /** How it is written down, which a squash needs. */
  readonly call?: SchemaCall;
  readonly rename?: Rename;
  readonly fill?: ColumnFill;
  /** @throws {MigrationStateError} when it does not fit. */
  apply(state: SchemaState): SchemaState;
}

/** A step of a migration that the tables' description does not show. */
export interface DataOperation {
  readonly kind: 'data';
  readonly description: string;
  /** The statements it runs, when it runs nothing else. */
  readonly statements?: readonly string[];
  /** The statements that undo them. */
  readonly reverseStatements?: readonly string[];
  /** Whether a squash may leave it out, because a new database has nothing for it to do. */
  readonly elidable?: boolean;
  forward(context: MigrationContext): Promise<void>;
  /** Absent when there is no way back. */
  readonly backward?: (context: MigrationContext) => Promise<void>;
}

/** One step of a migration. */
export type Operation = SchemaOperation | DataOperation;
