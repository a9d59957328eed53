import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
} from 'kysely';
import type { PostgresUrl } from '../database-url.js';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { PostgresPoolDriver } from './postgres-pool-driver.js';

/** Kysely's PostgreSQL on a `pg` pool of our own, which can send named prepared statements. */
export class PostgresPoolDialect implements Dialect {
  readonly #url: PostgresUrl;
  readonly #settings: ResolvedConnectionSettings;

  constructor(url: PostgresUrl, settings: ResolvedConnectionSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  createAdapter(): DialectAdapter {
    return new PostgresAdapter();
  }

  createDriver(): Driver {
    return new PostgresPoolDriver(this.#url, this.#settings);
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(database);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }
}
