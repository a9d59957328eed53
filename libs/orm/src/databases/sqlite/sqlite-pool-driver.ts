import { CompiledQuery, type DatabaseConnection, type Driver, type TransactionSettings } from 'kysely';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { SqlitePool } from './sqlite-pool.js';
import { SqliteSession } from './sqlite-session.js';

/** Kysely's way into the pool: hands out sessions and drives their transactions. */
export class SqlitePoolDriver implements Driver {
  readonly #pool: SqlitePool;
  readonly #settings: ResolvedConnectionSettings;

  constructor(file: string, settings: ResolvedConnectionSettings) {
    this.#pool = new SqlitePool(file, settings.max);
    this.#settings = settings;
  }

  init(): Promise<void> {
    return this.#pool.open();
  }

  async acquireConnection(): Promise<SqliteSession> {
    return new SqliteSession(this.#pool, this.#settings.echo);
  }

  beginTransaction(session: SqliteSession, settings: TransactionSettings): Promise<void> {
    return session.begin(settings);
  }

  commitTransaction(session: SqliteSession): Promise<void> {
    return session.commit();
  }

  async rollbackTransaction(session: SqliteSession): Promise<void> {
    session.rollback();
  }

  async savepoint(session: DatabaseConnection, name: string): Promise<void> {
    await session.executeQuery(CompiledQuery.raw(`savepoint "${name}"`));
  }

  async rollbackToSavepoint(session: DatabaseConnection, name: string): Promise<void> {
    await session.executeQuery(CompiledQuery.raw(`rollback to "${name}"`));
  }

  async releaseSavepoint(session: DatabaseConnection, name: string): Promise<void> {
    await session.executeQuery(CompiledQuery.raw(`release "${name}"`));
  }

  async releaseConnection(session: SqliteSession): Promise<void> {
    session.end();
  }

  async destroy(): Promise<void> {
    this.#pool.close();
  }
}
