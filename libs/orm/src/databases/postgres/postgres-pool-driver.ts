import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import type { PostgresUrl } from '../database-url.js';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { PostgresConnection } from './postgres-connection.js';
import { PostgresPool } from './postgres-pool.js';
import { type NamedQuery, PreparedStatements } from './prepared-statements.js';
import { WaitingQueries } from './waiting-queries.js';

/**
 * Kysely's way into the pool.
 *
 * Kysely never gives back a connection whose `rollback` failed, so that one cleans up itself.
 */
export class PostgresPoolDriver implements Driver {
  readonly #pool: PostgresPool;
  readonly #settings: ResolvedConnectionSettings;
  readonly #prepared = new WeakMap<pg.PoolClient, PreparedStatements>();
  readonly #waiting = new WaitingQueries();

  constructor(url: PostgresUrl, settings: ResolvedConnectionSettings) {
    this.#pool = new PostgresPool(url, settings);
    this.#settings = settings;
  }

  async init(): Promise<void> {}

  /** Runs one statement outside of transactions, without the layers that Kysely puts around a connection. */
  async run<R>(query: NamedQuery): Promise<QueryResult<R>> {
    const spare = this.#pool.takeSpare();
    if (spare) return this.#runOn(spare, query);
    if (query.isShared) {
      return this.#waiting.join(
        query,
        () => this.#pool.acquire(),
        (client) => this.#runOn<R>(client, query),
      );
    }
    return this.#runOn(await this.#pool.acquire(), query);
  }

  async #runOn<R>(client: pg.PoolClient, query: NamedQuery): Promise<QueryResult<R>> {
    const connection = this.#connectionOf(client);
    try {
      return await connection.executeQuery<R>(query);
    } finally {
      if (connection.lost) connection.release();
      else this.#pool.giveBack(client);
    }
  }

  async acquireConnection(): Promise<PostgresConnection> {
    return this.#connectionOf(await this.#pool.acquire());
  }

  #connectionOf(client: pg.PoolClient): PostgresConnection {
    let prepared = this.#prepared.get(client);
    if (prepared === undefined) {
      prepared = new PreparedStatements();
      this.#prepared.set(client, prepared);
    }
    return new PostgresConnection(client, prepared, this.#settings.echo);
  }

  async beginTransaction(connection: PostgresConnection, settings: TransactionSettings): Promise<void> {
    const { isolationLevel, accessMode } = settings;
    const isolation = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`;
    const access = accessMode === undefined ? '' : ` ${accessMode}`;
    connection.begin(`begin${isolation}${access}`);
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    try {
      await connection.rollback();
    } catch {
      // The connection is gone, and the transaction with it: what failed before says more than this error.
      connection.release(true);
    }
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint "${name}"`));
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to "${name}"`));
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release "${name}"`));
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release(connection.inTransaction);
  }

  async destroy(): Promise<void> {
    await this.#pool.close();
  }
}
