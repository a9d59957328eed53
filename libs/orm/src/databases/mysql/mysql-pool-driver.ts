import { CompiledQuery, type DatabaseConnection, type Driver, type TransactionSettings } from 'kysely';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { MySqlConnection } from './mysql-connection.js';
import { MySqlPool } from './mysql-pool.js';
import type { MySqlUrl } from './mysql-url.js';

/** Kysely's way into the pool. */
export class MySqlPoolDriver implements Driver {
  readonly #url: MySqlUrl;
  readonly #settings: ResolvedConnectionSettings;
  #pool: MySqlPool | undefined;

  constructor(url: MySqlUrl, settings: ResolvedConnectionSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  /** A pool keeps the process alive until it is closed, and Kysely closes only what it has initialised. */
  async init(): Promise<void> {
    this.#pool = new MySqlPool(this.#url, this.#settings);
  }

  async acquireConnection(): Promise<MySqlConnection> {
    if (!this.#pool) throw new Error('The driver was not initialised.');
    const pool = this.#pool;
    const client = await pool.acquire();
    return new MySqlConnection(client, (broken) => pool.release(client, broken), this.#settings.echo);
  }

  beginTransaction(connection: MySqlConnection, { isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    return connection.begin(isolationLevel, accessMode);
  }

  commitTransaction(connection: MySqlConnection): Promise<void> {
    return connection.commit();
  }

  async rollbackTransaction(connection: MySqlConnection): Promise<void> {
    try {
      await connection.rollback();
    } catch {
      // The connection is gone, and the transaction with it: what failed before says more than this error.
      connection.release(true);
    }
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint \`${name}\``));
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to \`${name}\``));
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release savepoint \`${name}\``));
  }

  async releaseConnection(connection: MySqlConnection): Promise<void> {
    connection.release(connection.inTransaction);
  }

  async destroy(): Promise<void> {
    await this.#pool?.close();
  }
}
