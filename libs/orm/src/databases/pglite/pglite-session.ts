import type { PGlite } from '@electric-sql/pglite';
import { CompiledQuery, type DatabaseConnection, type QueryResult, type TransactionSettings } from 'kysely';
import { TransactionLostError } from '../../errors/database.errors.js';
import { explainLockError } from '../postgres/lock-errors.js';
import { textOfValue } from '../postgres/value-text.js';
import type { QueryEcho } from '../query-echo.js';
import type { LeaseLine } from '../sqlite/lease-line.js';

/**
 * What Kysely takes for a connection. There is only one: a session holds it while a statement runs or a transaction is
 * open, and the others wait in line.
 */
export class PgliteSession implements DatabaseConnection {
  readonly #line: LeaseLine<PGlite>;
  readonly #echo: QueryEcho | undefined;
  #transaction: PGlite | undefined;

  constructor(line: LeaseLine<PGlite>, echo?: QueryEcho) {
    this.#line = line;
    this.#echo = echo;
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    const isolation = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`;
    const access = accessMode === undefined ? '' : ` ${accessMode}`;
    const database = await this.#line.acquire();
    this.#transaction = database;
    try {
      await this.executeQuery(CompiledQuery.raw(`begin${isolation}${access}`));
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** @throws {TransactionLostError} when PostgreSQL rolled back instead, because a statement before had failed. */
  async commit(): Promise<void> {
    // A failed transaction answers every statement with an error; `commit` itself would roll it back quietly.
    const failed = await this.#failed();
    try {
      await this.executeQuery(CompiledQuery.raw(failed ? 'rollback' : 'commit'));
    } finally {
      this.#end();
    }
    if (failed) throw new TransactionLostError();
  }

  async rollback(): Promise<void> {
    if (this.#transaction === undefined) return;
    try {
      await this.executeQuery(CompiledQuery.raw('rollback'));
    } finally {
      this.#end();
    }
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const own = this.#transaction;
    const database = own ?? (await this.#line.acquire());
    try {
      this.#echo?.(sql);
      return await send<R>(database, sql, parameters);
    } catch (error) {
      throw explainLockError(error);
    } finally {
      if (own === undefined) this.#line.release(database);
    }
  }

  /** Rows are read at once: a cursor would keep everybody else waiting between two chunks. */
  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const { rows } = await this.executeQuery<R>(query);
    for (let start = 0; start < rows.length; start += chunkSize) yield { rows: rows.slice(start, start + chunkSize) };
  }

  async #failed(): Promise<boolean> {
    try {
      await this.#transaction?.query('select 1');
      return false;
    } catch {
      return true;
    }
  }

  #end(): void {
    const database = this.#transaction;
    this.#transaction = undefined;
    if (database) this.#line.release(database);
  }
}

async function send<R>(database: PGlite, sql: string, parameters: readonly unknown[]): Promise<QueryResult<R>> {
  if (parameters.length === 0) {
    // Migrations hold several statements in one text, which only the simple protocol takes.
    const results = await database.exec(sql);
    const last = results.at(-1);
    return resultOf<R>(last?.rows ?? [], last?.fields.length ?? 0, last?.affectedRows);
  }
  const { rows, fields, affectedRows } = await database.query(sql, parameters.map(bound));
  return resultOf<R>(rows, fields.length, affectedRows);
}

/** PGlite writes points in time as JavaScript does, which PostgreSQL does not take before the year 1 and after 9999. */
function bound(value: unknown): unknown {
  return value instanceof Date ? textOfValue(value) : value;
}

function resultOf<R>(rows: unknown[], columns: number, affectedRows = 0): QueryResult<R> {
  return { rows: rows as R[], ...(columns === 0 && { numAffectedRows: BigInt(affectedRows) }) };
}
