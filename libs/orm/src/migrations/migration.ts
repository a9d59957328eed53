import type { Operation } from './operations/operation.js';

/**
 * One step in the history of the database, in a file such as `0002_add_phone_to_users.ts` that exports the class. The file's
 * name is the migration's name.
 *
 * Operations run in order inside one transaction; on rollback in reverse order, undone from the tables before and after.
 */
export abstract class Migration {
  /** Names of migrations that must come before, beyond the order of the numbers. */
  readonly dependencies: readonly string[] = [];
  abstract readonly operations: readonly Operation[];
}

/** The class of a migration. */
export type MigrationClass = new () => Migration;

/** A migration under its name. */
export interface NamedMigration {
  readonly name: string;
  readonly operations: readonly Operation[];
}
