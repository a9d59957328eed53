import {
  type CompiledQuery,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';
import type { PostgresUrl } from '../database-url.js';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import type { StatementRunner } from '../statement-runner.js';
import { PostgresPoolDriver } from './postgres-pool-driver.js';

/** Kysely's PostgreSQL on a `pg` pool of our own, which can send named prepared statements. */
export class PostgresPoolDialect implements Dialect {
  readonly #driver: PostgresPoolDriver;

  constructor(url: PostgresUrl, settings: ResolvedConnectionSettings) {
    this.#driver = new PostgresPoolDriver(url, settings);
  }

  createAdapter(): DialectAdapter {
    return new PostgresPoolAdapter(this.#driver);
  }

  createDriver(): Driver {
    return this.#driver;
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(database);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }
}

/** Leads from a Kysely to the pool behind it, for single statements. */
class PostgresPoolAdapter extends PostgresAdapter implements StatementRunner {
  constructor(private readonly driver: PostgresPoolDriver) {
    super();
  }

  run<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.driver.run(query);
  }
}
