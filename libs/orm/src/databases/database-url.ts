import type { SqlDialect } from '../context/database.js';
import { InvalidDatabaseUrlError, UnsupportedDatabaseError } from '../errors/database.errors.js';
import { type MySqlUrl, parseMySql } from './mysql/mysql-url.js';
import { parsePglite, type PgliteUrl } from './pglite/pglite-url.js';
import { decodePart } from './url-part.js';

/** An SQLite file, or the database in memory that lives as long as the process. */
interface SqliteUrl {
  readonly dialect: 'sqlite';
  /** Path as written (relative ones start at the working directory), or `:memory:`. */
  readonly file: string;
}

/** A PostgreSQL server and the database on it. */
export interface PostgresUrl {
  readonly dialect: 'postgresql';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The whole URL for the driver, password included: never print it. */
  readonly connectionString: string;
}

/** What a `DATABASE_URL` says, by database. */
export type DatabaseUrl = SqliteUrl | PostgresUrl | MySqlUrl | PgliteUrl;

/** The settings that name a database: the URL, or its parts. */
export interface DatabaseAddress {
  readonly databaseUrl?: string;
  /** Kind of server, when the address is made of parts. @defaultValue 'postgresql' */
  readonly dbDriver?: 'postgresql' | 'mysql' | 'mariadb';
  readonly dbHost?: string;
  readonly dbPort?: number;
  readonly dbUser?: string;
  readonly dbPassword?: string;
  readonly dbName?: string;
}

/** The file that is used when no setting names a database. */
const DEFAULT_DATABASE_URL = 'sqlite://./.data/app.db';

const EXAMPLES = [
  'sqlite://./.data/app.db',
  'sqlite://:memory:',
  'postgresql://user@host:5432/database',
  'mysql://user@host:3306/database',
  'mariadb://user@host:3306/database',
  'pglite://./.data/pg',
];
const POSTGRES_SCHEMES = new Set(['postgresql', 'postgres']);
const SCHEME = /^([a-z][a-z0-9.-]*)(?:\+([a-z0-9_]+))?:\/\/(.*)$/is;

/**
 * Reads a database URL. A Python driver suffix (`postgresql+asyncpg://`, `sqlite+aiosqlite:///`) is accepted; on SQLite
 * it selects SQLAlchemy's reading of the slashes, in which three of them start a relative path.
 *
 * @throws {UnsupportedDatabaseError} when no driver serves the scheme.
 * @throws {InvalidDatabaseUrlError} when the rest cannot be read.
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  const [, scheme, suffix, rest = ''] = SCHEME.exec(url.trim()) ?? [];
  if (scheme === undefined) {
    throw new InvalidDatabaseUrlError('is not a URL', `Write it like ${EXAMPLES.join(' or ')}.`);
  }
  const name = scheme.toLowerCase();
  if (name === 'sqlite') return parseSqlite(rest, suffix !== undefined);
  if (POSTGRES_SCHEMES.has(name)) return parsePostgres(rest);
  if (name === 'mysql' || name === 'mariadb') return parseMySql(name, rest);
  if (name === 'pglite') return parsePglite(rest);
  throw new UnsupportedDatabaseError(name, EXAMPLES);
}

/** Finds the database that the settings name: the URL first, then the `DB_*` parts, then the default file. */
export function databaseUrlOf(address: DatabaseAddress): DatabaseUrl {
  if (address.databaseUrl) return parseDatabaseUrl(address.databaseUrl);
  if (!address.dbName && !address.dbUser) return parseDatabaseUrl(DEFAULT_DATABASE_URL);
  const { dbDriver = 'postgresql', dbHost = 'localhost', dbUser = '', dbPassword = '', dbName = dbUser } = address;
  const { dbPort = dbDriver === 'postgresql' ? 5432 : 3306 } = address;
  const secret = dbPassword === '' ? '' : `:${encodeURIComponent(dbPassword)}`;
  const user = dbUser === '' ? '' : `${encodeURIComponent(dbUser)}${secret}@`;
  return parseDatabaseUrl(`${dbDriver}://${user}${dbHost}:${dbPort}/${encodeURIComponent(dbName)}`);
}

/** The SQL that a database speaks. */
export function sqlDialectOf({ dialect }: DatabaseUrl): SqlDialect {
  return dialect === 'pglite' ? 'postgresql' : dialect;
}

/** Names the database for people, without user or password. */
export function describeDatabase(url: DatabaseUrl): string {
  switch (url.dialect) {
    case 'sqlite':
      return `sqlite://${url.file}`;
    case 'pglite':
      return `pglite://${url.folder ?? 'memory'}`;
    default:
      return `${url.dialect}://${url.host}:${url.port}/${url.database}`;
  }
}

function parseSqlite(rest: string, sqlAlchemy: boolean): SqliteUrl {
  if (rest.includes('?')) {
    throw new InvalidDatabaseUrlError('has parameters, which an SQLite file does not take', 'Drop all after the "?".');
  }
  const path = decodePart(rest);
  if (['', '/', ':memory:', '/:memory:'].includes(path)) return { dialect: 'sqlite', file: ':memory:' };
  const relative = sqlAlchemy || /^\/(\.{1,2}[/\\]|[a-z]:)/i.test(path);
  const file = relative ? path.replace(/^\//, '') : path.replace(/^\/{2,}/, '/');
  return { dialect: 'sqlite', file };
}

function parsePostgres(rest: string): PostgresUrl {
  const connectionString = `postgresql://${rest}`;
  if (!URL.canParse(connectionString)) {
    throw new InvalidDatabaseUrlError(
      'is not a readable PostgreSQL URL',
      'Percent-encode special characters in user and password ("@" is %40, "/" is %2F, "#" is %23).',
    );
  }
  const { hostname, port, pathname, searchParams } = new URL(connectionString);
  const database = decodePart(pathname.slice(1));
  if (database === '') {
    throw new InvalidDatabaseUrlError('names no database', 'Append its name: postgresql://user@host:5432/app.');
  }
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname);
  return { dialect: 'postgresql', host, port: port === '' ? 5432 : Number(port), database, connectionString };
}
