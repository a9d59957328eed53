import {
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseIntrospector,
} from 'kysely';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { SqlitePoolDriver } from './sqlite-pool-driver.js';

/**
 * Kysely's SQLite, on a pool: readers never wait for writers, writers wait for each other in line, and no query runs
 * on a connection on which somebody else has a transaction open.
 */
export class SqlitePoolDialect implements Dialect {
  readonly #file: string;
  readonly #settings: ResolvedConnectionSettings;

  constructor(file: string, settings: ResolvedConnectionSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  createAdapter(): DialectAdapter {
    return new PooledSqliteAdapter();
  }

  createDriver(): Driver {
    return new SqlitePoolDriver(this.#file, this.#settings);
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
}

class PooledSqliteAdapter extends SqliteAdapter {
  /** Kysely would otherwise put one mutex around everything. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}
