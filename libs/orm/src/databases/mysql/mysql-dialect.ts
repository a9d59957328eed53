import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryCompiler,
} from 'kysely';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { MySqlPoolDriver } from './mysql-pool-driver.js';
import type { MySqlUrl } from './mysql-url.js';

/** Kysely's MySQL on a `mysql2` pool of our own, which binds every value to a prepared statement. */
export class MySqlPoolDialect implements Dialect {
  readonly #url: MySqlUrl;
  readonly #settings: ResolvedConnectionSettings;

  constructor(url: MySqlUrl, settings: ResolvedConnectionSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  createAdapter(): DialectAdapter {
    return new MysqlAdapter();
  }

  createDriver(): Driver {
    return new MySqlPoolDriver(this.#url, this.#settings);
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new MysqlIntrospector(database);
  }

  createQueryCompiler(): QueryCompiler {
    return new MysqlQueryCompiler();
  }
}
