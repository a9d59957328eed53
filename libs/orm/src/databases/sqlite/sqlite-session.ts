import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely';
import { RawTransactionError, TransactionLostError } from '../../errors/database.errors.js';
import type { QueryEcho } from '../query-echo.js';
import { retryWhileBusy } from './busy-retry.js';
import { areForeignKeyChecksSuspended } from './foreign-key-checks.js';
import type { SqliteHandle } from './sqlite-handle.js';
import type { SqlitePool } from './sqlite-pool.js';

const CHANGES_TABLES = /^\s*(create|alter|drop|attach|detach)\b/i;

/**
 * What Kysely takes for a connection. It holds a handle only while a statement runs or a transaction is open, so a
 * transaction that waits for its turn keeps nobody from reading.
 */
export class SqliteSession implements DatabaseConnection {
  readonly #pool: SqlitePool;
  readonly #echo: QueryEcho | undefined;
  #transaction: { readonly handle: SqliteHandle; readonly release: () => void } | undefined;

  constructor(pool: SqlitePool, echo?: QueryEcho) {
    this.#pool = pool;
    this.#echo = echo;
  }

  async begin({ accessMode }: TransactionSettings): Promise<void> {
    const reader = accessMode === 'read only' ? await this.#pool.acquireReader() : undefined;
    const handle = reader ?? (await this.#pool.acquireWriter());
    const unchecked = reader === undefined && areForeignKeyChecksSuspended();
    const release = () => {
      if (unchecked) handle.run('pragma foreign_keys = on');
      if (reader) this.#pool.releaseReader(handle);
      else this.#pool.releaseWriter(handle);
    };
    const sql = reader ? 'begin' : 'begin immediate';
    try {
      if (unchecked) handle.run('pragma foreign_keys = off');
      this.#echo?.(sql);
      await retryWhileBusy(() => handle.run(sql));
    } catch (error) {
      release();
      throw error;
    }
    this.#transaction = { handle, release };
  }

  async commit(): Promise<void> {
    const handle = this.#transaction?.handle;
    if (handle === undefined) return;
    this.#echo?.('commit');
    await retryWhileBusy(() => handle.run('commit'));
    this.end();
  }

  /** Rolls back whatever is still open. Never fails: SQLite may have rolled back on its own (disk full). */
  rollback(): void {
    this.#echo?.('rollback');
    this.end();
  }

  /** Gives the transaction's handle back, in no other state than it came. */
  end(): void {
    const transaction = this.#transaction;
    if (transaction === undefined) return;
    this.#transaction = undefined;
    if (transaction.handle.inTransaction) transaction.handle.run('rollback');
    transaction.release();
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    this.#echo?.(sql);
    const result = await this.#execute<R>(sql, parameters);
    if (CHANGES_TABLES.test(sql)) this.#pool.forgetStatements();
    return result;
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const reader = this.#transaction === undefined ? await this.#pool.acquireReader() : undefined;
    if (reader === undefined) {
      // Other statements of this transaction may run between two chunks, so the rows are read at once.
      const { rows } = await this.executeQuery<R>(query);
      for (let start = 0; start < rows.length; start += chunkSize) {
        yield { rows: rows.slice(start, start + chunkSize) };
      }
      return;
    }
    try {
      this.#echo?.(query.sql);
      yield* inChunks(reader.iterate<R>(query.sql, query.parameters), chunkSize);
    } finally {
      this.#pool.releaseReader(reader);
    }
  }

  async #execute<R>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<R>> {
    const own = this.#transaction?.handle;
    if (own !== undefined) {
      // SQLite rolls back on its own when the disk is full; what follows must not be committed piece by piece.
      if (!own.inTransaction) throw new TransactionLostError();
      return own.run<R>(sql, parameters);
    }
    const reader = await this.#pool.acquireReader();
    if (reader !== undefined) {
      try {
        const answer = await retryWhileBusy(() =>
          reader.isReadOnly(sql) ? reader.run<R>(sql, parameters) : undefined,
        );
        refuseOpenTransaction(reader);
        if (answer !== undefined) return answer;
      } finally {
        this.#pool.releaseReader(reader);
      }
    }
    const writer = await this.#pool.acquireWriter();
    try {
      const answer = await retryWhileBusy(() => writer.run<R>(sql, parameters));
      refuseOpenTransaction(writer);
      return answer;
    } finally {
      this.#pool.releaseWriter(writer);
    }
  }
}

function refuseOpenTransaction(handle: SqliteHandle): void {
  if (!handle.inTransaction) return;
  handle.run('rollback');
  throw new RawTransactionError();
}

function* inChunks<R>(rows: Iterable<R>, size: number): Generator<QueryResult<R>> {
  let chunk: R[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield { rows: chunk };
    chunk = [];
  }
  if (chunk.length > 0) yield { rows: chunk };
}
