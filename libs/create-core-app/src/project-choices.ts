import { basename, resolve } from 'node:path';
import { CreateError } from './create.errors.js';

export const DATABASES = ['sqlite', 'postgres', 'mysql', 'mariadb', 'pglite'] as const;
export type DatabaseChoice = (typeof DATABASES)[number];

export const BROKERS = ['memory', 'redis', 'rabbitmq', 'kafka'] as const;
export type BrokerChoice = (typeof BROKERS)[number];

export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** What a project is to have. */
export interface ProjectChoices {
  readonly database: DatabaseChoice;
  /** Whether people have accounts. */
  readonly auth: boolean;
  /** The broker of its events, if it has any. */
  readonly messaging?: BrokerChoice;
  /** Whether it has background tasks. */
  readonly tasks: boolean;
  readonly packageManager: PackageManager;
}

/** Where a project goes and what it is called there. */
export interface ProjectPlace {
  readonly folder: string;
  /** Name of its package. */
  readonly name: string;
}

/**
 * Reads where a project goes: a name, or a path that ends in one.
 *
 * @throws CreateError when no package can be called so.
 */
export function placeOf(target: string, from: string): ProjectPlace {
  const folder = resolve(from, target);
  const name = basename(folder);
  if (/^(?:[a-z0-9][a-z0-9._-]*)$/.test(name) && name.length <= 214 && name !== 'node_modules') return { folder, name };
  throw new CreateError(
    'CREATE_INVALID_NAME',
    `"${name}" cannot be the name of a package.`,
    'Use small letters, digits and dashes: my-blog.',
  );
}

const DATABASE_URLS: Readonly<Record<DatabaseChoice, (name: string) => string>> = {
  sqlite: () => 'sqlite://./.data/app.db',
  pglite: () => 'pglite://./.data/pg',
  postgres: (name) => `postgresql://postgres:postgres@localhost:5432/${databaseName(name)}`,
  mysql: (name) => `mysql://root:root@localhost:3306/${databaseName(name)}`,
  mariadb: (name) => `mariadb://root:root@localhost:3306/${databaseName(name)}`,
};

/** The address of the database that a project begins with. */
export function databaseUrlOf(database: DatabaseChoice, name: string): string {
  return DATABASE_URLS[database](name);
}

function databaseName(name: string): string {
  return name.replaceAll(/[^a-z0-9]+/g, '_');
}
