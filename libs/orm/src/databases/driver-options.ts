import type { Configuration, Dictionary, MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { Dialect } from 'kysely';
import type { DatabaseUrl } from './database-url.js';
import { MissingDatabasePackageError } from '../errors/database.errors.js';
import { codeOf, messageOf } from './foreign-error.js';
import { EXACT_COLLATION, FLAVOUR_NAMES } from './mysql/mysql-family.js';
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

/** What the optional databases need; MikroORM's packages fit together only in one version. */
const MYSQL_PACKAGES = ['@mikro-orm/mariadb@7.2.1', 'mysql2@^3.24.4'];
const PGLITE_PACKAGES = ['@electric-sql/pglite@^0.5.8'];

const FIXED_OPTIONS = { migrations: { tableName: MIGRATIONS_TABLE }, ensureDatabase: false } as const;

/** The part of `MikroORM.init`'s options that {@link createDriverOptions} fills. */
export interface DriverOptions {
  readonly driver: new (config: Configuration) => AbstractSqlDriver;
  readonly dbName: string;
  readonly driverOptions: Dictionary;
  /** Keeps MikroORM's own schema comparison away from the table that records migrations. */
  readonly migrations: { readonly tableName: string };
  /** Of tables that are created, where the database lets tables differ. */
  readonly charset?: string;
  readonly collate?: string;
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
  switch (url.dialect) {
    case 'sqlite': {
      const [{ CoreSqliteDriver }, { SqlitePoolDialect }] = await Promise.all([
        import('./sqlite/core-sqlite-driver.js'),
        import('./sqlite/sqlite-dialect.js'),
      ]);
      return optionsOf(CoreSqliteDriver, url.file, () => new SqlitePoolDialect(url.file, resolved));
    }
    case 'postgresql': {
      const [{ CorePostgresDriver }, { PostgresPoolDialect }] = await Promise.all([
        import('./postgres/core-postgres-driver.js'),
        import('./postgres/postgres-dialect.js'),
      ]);
      return optionsOf(CorePostgresDriver, url.database, () => new PostgresPoolDialect(url, resolved));
    }
    case 'pglite': {
      const [{ CorePostgresDriver }, { PgliteDialect }] = await withPackages('PGlite', PGLITE_PACKAGES, () =>
        Promise.all([import('./postgres/core-postgres-driver.js'), import('./pglite/pglite-dialect.js')]),
      );
      return optionsOf(CorePostgresDriver, 'postgres', () => new PgliteDialect(url, resolved));
    }
    case 'mariadb':
    case 'mysql': {
      const { dialect, database } = url;
      const [{ CoreMariaDbDriver, CoreMySqlDriver }, { MySqlPoolDialect }] = await withPackages(
        FLAVOUR_NAMES[dialect],
        MYSQL_PACKAGES,
        () => Promise.all([import('./mysql/mysql-drivers.js'), import('./mysql/mysql-dialect.js')]),
      );
      const driver = dialect === 'mariadb' ? CoreMariaDbDriver : CoreMySqlDriver;
      const options = optionsOf(driver, database, () => new MySqlPoolDialect(url, resolved));
      return { ...options, charset: 'utf8mb4', collate: EXACT_COLLATION[dialect] };
    }
  }
}

/**
 * A driver's class. All of them extend `AbstractSqlDriver`; proving that again here, member by member, would take the
 * compiler seconds.
 */
type DriverClass = abstract new (config: Configuration) => object;

function optionsOf(driver: DriverClass, dbName: string, dialect: () => Dialect): DriverOptions {
  return { driver: driver as DriverOptions['driver'], dbName, driverOptions: dialect, ...FIXED_OPTIONS };
}

/** Loads what needs an optional package, or says which one to install. */
async function withPackages<T>(database: string, packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const names = packages.map((name) => name.replace(/(?<=.)@.*$/s, ''));
    const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(codeOf(error) ?? '');
    if (isMissing && names.some((name) => messageOf(error).includes(name))) {
      throw new MissingDatabasePackageError(database, packages, error);
    }
    throw error;
  }
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
