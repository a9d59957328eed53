import type { Operation } from './operations/operation.js';

/**
 * One step in the history of the database, in a file such as `0002_add_phone_to_users.ts` that exports the class. The file's
 * name is the migration's name.
 *
 * Operations run in order inside one transaction; on rollback in reverse order, undone from the tables before and after.
 */
export abstract class Migration {
  /** Names of the migrations that it builds on. @defaultValue the one with the number before its own */
  readonly dependencies?: readonly string[];
  /** Names of the migrations that it stands for; a database that has applied them all has applied this one. */
  readonly replaces?: readonly string[];
  abstract readonly operations: readonly Operation[];
}

/** The class of a migration. */
export type MigrationClass = new () => Migration;

/** A migration under its name. */
export interface NamedMigration {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly replaces: readonly string[];
  readonly operations: readonly Operation[];
}
