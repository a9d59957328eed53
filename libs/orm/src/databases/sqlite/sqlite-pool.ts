import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseBusyError, DatabaseUnreachableError } from '../../errors/database.errors.js';
import { messageOf } from '../foreign-error.js';
import { LeaseLine } from './lease-line.js';
import { retryWhileBusy } from './busy-retry.js';
import { SqliteHandle } from './sqlite-handle.js';

const TOO_LONG_INSIDE =
  'Do not await a second EntityManager inside a transaction: pass the transaction on, or query before or after it.';

/**
 * The connections to one SQLite database: one that writes, lent to one transaction or statement at a time, and some
 * that read. A database in memory has only the one, which then serves readers too.
 */
export class SqlitePool {
  readonly #writer: LeaseLine<SqliteHandle>;
  readonly #readers: LeaseLine<SqliteHandle> | undefined;
  readonly #file: string;

  constructor(file: string, maxReaders: number) {
    this.#file = file;
    this.#writer = new LeaseLine({
      create: () => new SqliteHandle(file, 'write'),
      max: 1,
      waitedFor: 'the write lock of the SQLite database, which another transaction of this process holds',
      fix: TOO_LONG_INSIDE,
    });
    if (file === ':memory:') return;
    this.#readers = new LeaseLine({
      create: () => new SqliteHandle(file, 'read'),
      max: maxReaders,
      waitedFor: 'a reading SQLite connection',
      fix: 'Keep read-only transactions and streams short, or raise DB_POOL_SIZE.',
    });
  }

  /** Opens the file, creating it and its folder when they are missing. */
  async open(): Promise<void> {
    try {
      if (this.#file !== ':memory:') mkdirSync(dirname(resolve(this.#file)), { recursive: true });
      const writer = await retryWhileBusy(() => this.#writer.tryAcquire());
      if (writer !== undefined) this.releaseWriter(writer);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  acquireWriter(): Promise<SqliteHandle> {
    return this.#writer.acquire();
  }

  releaseWriter(handle: SqliteHandle): void {
    this.#writer.release(handle);
  }

  /** A connection that reads without waiting for writers; `undefined` in memory, where there is only the writer. */
  async acquireReader(): Promise<SqliteHandle | undefined> {
    return this.#readers === undefined ? undefined : this.#readers.acquire();
  }

  releaseReader(handle: SqliteHandle): void {
    this.#readers?.release(handle);
  }

  /** To be called after the tables changed, whoever changed them. */
  forgetStatements(): void {
    for (const handle of this.#handles()) handle.forgetStatements();
  }

  close(): void {
    // The writer last: closing it is what folds the write-ahead log back into the file.
    for (const handle of this.#handles()) handle.close();
  }

  #handles(): SqliteHandle[] {
    return [...(this.#readers?.all ?? []), ...this.#writer.all];
  }

  #unreachable(error: unknown): Error {
    if (error instanceof DatabaseBusyError) return error;
    return new DatabaseUnreachableError(
      `sqlite://${this.#file}`,
      messageOf(error),
      'Let DATABASE_URL name a file in a folder that this process may write to.',
      error,
    );
  }
}
