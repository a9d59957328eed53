import type { Configuration, Dictionary, MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { Dialect } from 'kysely';
import type { DatabaseUrl } from './database-url.js';
import { echoToLog, type QueryEcho } from './query-echo.js';

/** How connections are kept; the names are those of the settings. */
export interface ConnectionSettings {
  /** Logs every statement, without values. @defaultValue false */
  readonly dbEcho?: boolean;
  /** Connections that are kept open. @defaultValue 5 */
  readonly dbPoolSize?: number;
  /** Connections beyond the pool size that may be open under load. @defaultValue 10 */
  readonly dbMaxOverflow?: number;
  /** `false` closes a connection when it is given back. @defaultValue true */
  readonly dbPoolEnabled?: boolean;
  /** Told of every statement that is sent, beside the log. */
  readonly onStatement?: QueryEcho;
}

/** {@link ConnectionSettings} with every default filled in. */
export interface ResolvedConnectionSettings {
  readonly max: number;
  readonly keepIdle: boolean;
  readonly echo?: QueryEcho;
}

/** A MikroORM on one of the SQL databases. */
export type SqlOrm = MikroORM<AbstractSqlDriver>;

/** Name of the table that records which migrations were applied. */
export const MIGRATIONS_TABLE = 'core_migrations';

const FIXED_OPTIONS = { migrations: { tableName: MIGRATIONS_TABLE }, ensureDatabase: false } as const;

/** The part of `MikroORM.init`'s options that {@link createDriverOptions} fills. */
export interface DriverOptions {
  readonly driver: new (config: Configuration) => AbstractSqlDriver;
  readonly dbName: string;
  readonly driverOptions: Dictionary;
  /** Keeps MikroORM's own schema comparison away from the table that records migrations. */
  readonly migrations: { readonly tableName: string };
  /** Always `false`: the framework creates tables by migrations, and never a database on a server. */
  readonly ensureDatabase: false;
}

/**
 * Builds the part of `MikroORM.init`'s options that says which database to talk to and how.
 *
 * Only the driver that is needed gets loaded. No connection is opened before the first query; `driverOptions` makes a
 * new pool each time MikroORM connects, so closing and connecting again works.
 */
export async function createDriverOptions(url: DatabaseUrl, settings: ConnectionSettings = {}): Promise<DriverOptions> {
  const resolved = resolveConnectionSettings(settings);
  if (url.dialect === 'sqlite') {
    const [{ CoreSqliteDriver }, { SqlitePoolDialect }] = await Promise.all([
      import('./sqlite/core-sqlite-driver.js'),
      import('./sqlite/sqlite-dialect.js'),
    ]);
    return {
      driver: CoreSqliteDriver,
      dbName: url.file,
      driverOptions: (): Dialect => new SqlitePoolDialect(url.file, resolved),
      ...FIXED_OPTIONS,
    };
  }
  const [{ CorePostgresDriver }, { PostgresPoolDialect }] = await Promise.all([
    import('./postgres/core-postgres-driver.js'),
    import('./postgres/postgres-dialect.js'),
  ]);
  return {
    driver: CorePostgresDriver,
    dbName: url.database,
    driverOptions: (): Dialect => new PostgresPoolDialect(url, resolved),
    ...FIXED_OPTIONS,
  };
}

function resolveConnectionSettings(settings: ConnectionSettings): ResolvedConnectionSettings {
  const { dbEcho = false, dbPoolSize = 5, dbMaxOverflow = 10, dbPoolEnabled = true, onStatement } = settings;
  const echo = dbEcho ? echoToLog() : undefined;
  return {
    max: dbPoolSize + dbMaxOverflow,
    keepIdle: dbPoolEnabled,
    echo: echo && onStatement ? (sql) => (echo(sql), onStatement(sql)) : (echo ?? onStatement),
  };
}
