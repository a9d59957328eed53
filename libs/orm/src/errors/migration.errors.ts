import { CoreError } from '@core-framework/common';

/** Thrown when the migrations folder does not hold one unbroken sequence of migrations. */
export class InvalidMigrationsError extends CoreError {
  readonly code = 'MIGRATION_INVALID';
}

/** Thrown when an operation does not fit the tables that the migrations before it leave behind. */
export class MigrationStateError extends CoreError {
  readonly code = 'MIGRATION_STATE';

  constructor(problem: string) {
    super(problem, {
      fix: 'Compare the operation with the migrations before it; names are those of tables and columns.',
    });
  }
}

/** Thrown when the database refuses an operation. Nothing of its migration was kept. */
export class MigrationFailedError extends CoreError {
  readonly code = 'MIGRATION_FAILED';

  constructor(
    readonly migration: string,
    readonly operation: string,
    reason: string,
    cause: unknown,
  ) {
    super(`Migration ${migration} failed at "${operation}" and was rolled back: ${reason}.`, {
      fix: `Correct ${migration}, or the data it stumbles over, and migrate again.`,
      cause,
    });
  }
}

/** Thrown when a migration that is to be rolled back has an operation without a way back. */
export class IrreversibleMigrationError extends CoreError {
  readonly code = 'MIGRATION_IRREVERSIBLE';

  constructor(migration: string, operation: string) {
    super(`Migration ${migration} cannot be rolled back: "${operation}" has no reverse.`, {
      fix: 'Give the operation its second argument, what to do on rollback.',
    });
  }
}

/** Thrown when the database records migrations that the folder does not hold, or in another order. */
export class MigrationHistoryError extends CoreError {
  readonly code = 'MIGRATION_HISTORY';

  constructor(problem: string) {
    super(problem, { fix: 'Deploy the version of the application that holds them, or point DATABASE_URL elsewhere.' });
  }
}

/** Thrown when models have something that no migration operation can express. */
export class UnsupportedSchemaError extends CoreError {
  readonly code = 'MIGRATION_UNSUPPORTED_SCHEMA';

  constructor(table: string, feature: string) {
    super(`Table "${table}" has ${feature}, which no migration operation creates.`, {
      fix: 'Create it in a migration with runSql() and leave it out of the model.',
    });
  }
}
