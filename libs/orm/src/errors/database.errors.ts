import { CoreError } from '@core-framework/common';

const BUSY_ANSWER = {
  status: 503,
  code: 'service_unavailable',
  detail: 'The service is temporarily unavailable.',
  headers: { 'Retry-After': '1' },
} as const;

/** Thrown when `DATABASE_URL` names a database that this release has no driver for. */
export class UnsupportedDatabaseError extends CoreError {
  readonly code = 'DATABASE_UNSUPPORTED';

  constructor(
    readonly scheme: string,
    supported: readonly string[],
  ) {
    super(`DATABASE_URL starts with "${scheme}://", for which there is no database driver.`, {
      fix: `Set DATABASE_URL to one of ${supported.join(', ')}.`,
    });
  }
}

/** Thrown when `DATABASE_URL` cannot be read. The URL itself is not repeated: it may hold a password. */
export class InvalidDatabaseUrlError extends CoreError {
  readonly code = 'DATABASE_URL_INVALID';

  constructor(problem: string, fix: string) {
    super(`DATABASE_URL ${problem}.`, { fix });
  }
}

/** Thrown when the database that `DATABASE_URL` names cannot be opened. */
export class DatabaseUnreachableError extends CoreError {
  readonly code = 'DATABASE_UNREACHABLE';

  constructor(database: string, reason: string, fix: string, cause?: unknown) {
    super(`The database ${database} (DATABASE_URL) cannot be opened: ${reason}.`, { fix, cause, client: BUSY_ANSWER });
  }
}

/** Thrown when the connection ended under a statement: one that writes may or may not have been carried out. */
export class DatabaseConnectionLostError extends CoreError {
  readonly code = 'DATABASE_CONNECTION_LOST';

  constructor(cause: unknown) {
    super('The connection to the database was terminated before it answered.', {
      fix: 'Try again, and look into the log of the server for why it ended; a write may have been carried out.',
      cause,
      client: BUSY_ANSWER,
    });
  }
}

/**
 * Thrown when a query waited too long for a connection or for the write lock.
 *
 * The usual reason is a second EntityManager that is awaited inside the transaction it has to wait for.
 */
export class DatabaseBusyError extends CoreError {
  readonly code = 'DATABASE_BUSY';

  constructor(waitedFor: string, milliseconds: number, fix: string, cause?: unknown) {
    super(`Waited ${milliseconds} ms for ${waitedFor}.`, { fix, cause, client: BUSY_ANSWER });
  }
}

/** Thrown when a statement opened a transaction as plain SQL on a connection that others use too. */
export class RawTransactionError extends CoreError {
  readonly code = 'DATABASE_RAW_TRANSACTION';

  constructor() {
    super('A transaction was opened by an SQL statement; it has been rolled back.', {
      fix: 'Open transactions with atomic() or em.transactional(), which reserve a connection for them.',
    });
  }
}

/** Thrown when a transaction goes on after the database has ended it on its own. */
export class TransactionLostError extends CoreError {
  readonly code = 'DATABASE_TRANSACTION_LOST';

  constructor() {
    super('The database rolled the transaction back after an earlier error; nothing more can be done in it.', {
      fix: 'Let the earlier error end the transaction instead of catching it inside.',
    });
  }
}

/** Thrown when the package that talks to the database is not installed: those of servers are optional. */
export class MissingDatabasePackageError extends CoreError {
  readonly code = 'DATABASE_PACKAGE_MISSING';

  constructor(
    database: string,
    /** What to install, as npm takes it. */
    readonly packages: readonly string[],
    cause: unknown,
  ) {
    super(`DATABASE_URL leads to ${database}, whose client is not installed.`, {
      fix: `npm install ${packages.join(' ')}`,
      cause,
    });
  }
}

/** Thrown when the server behind `DATABASE_URL` is not the one that its scheme names, or too old. */
export class WrongServerError extends CoreError {
  readonly code = 'DATABASE_WRONG_SERVER';

  constructor(problem: string, fix: string) {
    super(`DATABASE_URL ${problem}.`, { fix });
  }
}

/** Thrown when a row stayed locked by another transaction for too long, or at all with `noWait`. */
export class RowLockedError extends CoreError {
  readonly code = 'DATABASE_ROW_LOCKED';

  constructor(cause: unknown) {
    super('Another transaction holds a lock on a row that this statement needs.', {
      fix: 'Keep transactions short, do not await a second EntityManager inside a transaction, or try again.',
      cause,
      client: BUSY_ANSWER,
    });
  }
}

/** Thrown when transactions waited for each other, or cannot be brought into an order, and the database ended this one. */
export class TransactionConflictError extends CoreError {
  readonly code = 'DATABASE_TRANSACTION_CONFLICT';

  constructor(cause: unknown) {
    super('The database ended the transaction because of a conflict with another one.', {
      fix: 'Run the transaction again; write to tables and rows in the same order everywhere.',
      cause,
      client: BUSY_ANSWER,
    });
  }
}

/** Thrown when the folder of an embedded database is in use by another process, or opened twice. */
export class DatabaseInUseError extends CoreError {
  readonly code = 'DATABASE_IN_USE';

  constructor(database: string, cause?: unknown) {
    super(`The database ${database} (DATABASE_URL) is open already, and takes only one process.`, {
      fix: 'Stop the other process, or set DATABASE_URL to a server (postgresql://…) or an SQLite file, which serve several.',
      cause,
    });
  }
}
