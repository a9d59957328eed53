import { CoreError } from '@core-framework/common';

/** Thrown when a migration cannot be loaded, named or put in its place among the others. */
export class InvalidMigrationsError extends CoreError {
  readonly code = 'MIGRATION_INVALID';
}

/** Thrown when an operation does not fit the tables that the migrations before it leave behind. */
export class MigrationStateError extends CoreError {
  readonly code = 'MIGRATION_STATE';

  constructor(
    problem: string,
    fix = 'Compare the operation with the migrations before it; names are those of tables and columns.',
  ) {
    super(problem, { fix });
  }
}

/** Thrown when the history ends in several migrations, as two people who add one at the same time leave it. */
export class MigrationConflictError extends CoreError {
  readonly code = 'MIGRATION_CONFLICT';

  constructor(readonly leaves: readonly string[]) {
    super(`The migrations end in ${leaves.join(' and ')}, none of which builds on the other.`, {
      fix: 'Generate a migration that builds on all of them with MigrationService.merge(), or renumber yours.',
    });
  }
}

/** Thrown when a migration cannot be generated before somebody decides something about the rows at hand. */
export class MigrationQuestionError extends CoreError {
  readonly code = 'MIGRATION_QUESTION';

  constructor(problem: string, fix: string) {
    super(problem, { fix });
  }
}

/** Where a migration broke off. */
export interface MigrationProgress {
  readonly migration: string;
  /** The operation that failed. */
  readonly operation: string;
  /** Operations before it that the database could not roll back, in the order in which they ran. */
  readonly kept: readonly string[];
}

/** Thrown when the database refuses an operation. What it could not roll back is in `kept`. */
export class MigrationFailedError extends CoreError {
  readonly code = 'MIGRATION_FAILED';
  readonly migration: string;
  readonly operation: string;
  readonly kept: readonly string[];

  constructor({ migration, operation, kept }: MigrationProgress, reason: string, cause: unknown) {
    const outcome =
      kept.length === 0
        ? 'and was rolled back'
        : `and this database does not roll back changes of tables: ${kept.map((step) => `"${step}"`).join(', ')} stay${kept.length === 1 ? 's' : ''}`;
    super(`Migration ${migration} failed at "${operation}" ${outcome}: ${reason}.`, {
      fix:
        kept.length === 0
          ? `Correct ${migration}, or the data it stumbles over, and migrate again.`
          : `Undo by hand what stays, then correct ${migration} and migrate again; or do the rest by hand and migrate with fake.`,
      cause,
    });
    this.migration = migration;
    this.operation = operation;
    this.kept = kept;
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

/** Thrown when the database records migrations that the folder does not hold, or not those that were asked for. */
export class MigrationHistoryError extends CoreError {
  readonly code = 'MIGRATION_HISTORY';

  constructor(
    problem: string,
    fix = 'Deploy the version of the application that holds them, or point DATABASE_URL elsewhere.',
  ) {
    super(problem, { fix });
  }
}

/** Thrown when migrations cannot be put together into one. */
export class MigrationSquashError extends CoreError {
  readonly code = 'MIGRATION_SQUASH';
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
