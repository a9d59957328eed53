import type { SqlEntityManager } from '@mikro-orm/sql';
import type { SchemaState } from '../schema-state.js';

/** What code in a migration gets: the transaction of the migration. */
export interface MigrationContext {
  /** Bound to the migration's transaction. Prefer SQL to models here: models will change, this migration will not. */
  readonly em: SqlEntityManager;
  /** Runs one statement with `?` for each parameter and answers with its rows. */
  execute(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** A step of a migration that changes tables; the way back follows from the tables before and after. */
export interface SchemaOperation {
  readonly kind: 'schema';
  /** For plans and errors, such as `create table users`. */
  readonly description: string;
  /** @throws {MigrationStateError} when it does not fit. */
  apply(state: SchemaState): SchemaState;
}

/** A step of a migration that the tables' description does not show. */
export interface DataOperation {
  readonly kind: 'data';
  readonly description: string;
  /** The statements it runs, when it runs nothing else. */
  readonly statements?: readonly string[];
  forward(context: MigrationContext): Promise<void>;
  /** Absent when there is no way back. */
  readonly backward?: (context: MigrationContext) => Promise<void>;
}

/** One step of a migration. */
export type Operation = SchemaOperation | DataOperation;
