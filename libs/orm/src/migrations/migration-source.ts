import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidMigrationsError } from '../errors/migration.errors.js';
import { Migration, type MigrationClass } from './migration.js';
import type { Operation } from './operations/operation.js';

/** Where migrations are: a folder of files, or classes by name for bundled applications. */
export type MigrationSource = URL | Readonly<Record<string, MigrationClass>>;

const NAME = /^\d{4}_[a-z0-9_]+$/;
const FILE = /^(?<name>\d{4}_[a-z0-9_]+)\.m?[jt]s$/;

/** A migration as its file has it. */
export interface LoadedMigration {
  readonly name: string;
  /** Absent when it says nothing: then it follows the one with the number before its own. */
  readonly dependencies?: readonly string[];
  readonly replaces: readonly string[];
  readonly operations: readonly Operation[];
}

/**
 * Loads the migrations of a source in the order of their names. A folder that does not exist holds none.
 *
 * @throws {InvalidMigrationsError} when a name has no number, or a file does not export one migration.
 */
export async function loadMigrations(source: MigrationSource): Promise<LoadedMigration[]> {
  const classes = source instanceof URL ? await importFolder(source) : new Map(Object.entries(source));
  const migrations = [...classes].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return migrations.map(([name, migration]) => {
    if (!NAME.test(name)) {
      throw new InvalidMigrationsError(`"${name}" cannot be the name of a migration.`, {
        fix: 'Start with a number of four digits and go on in snake_case: 0002_add_phone_to_users.',
      });
    }
    const { dependencies, operations, replaces = [] } = new migration();
    return { name, dependencies, operations, replaces };
  });
}

async function importFolder(folder: URL): Promise<Map<string, MigrationClass>> {
  const files = [...filesByName(folder)];
  const load = async ([name, file]: [string, string]): Promise<[string, MigrationClass]> => {
    const module = (await import(new URL(file, asFolder(folder)).href)) as Readonly<Record<string, unknown>>;
    return [name, migrationOf(name, Object.values(module))];
  };
  return new Map(await Promise.all(files.map(load)));
}

function filesByName(folder: URL): Map<string, string> {
  const path = fileURLToPath(folder);
  const files = new Map<string, string>();
  if (!existsSync(path)) return files;
  for (const file of readdirSync(path)) {
    const name = FILE.exec(file)?.groups?.name;
    if (name === undefined) continue;
    const other = files.get(name);
    if (other !== undefined) {
      throw new InvalidMigrationsError(`Migration ${name} is there twice, as ${other} and as ${file}.`, {
        fix: 'Delete the one that is out of date.',
      });
    }
    files.set(name, file);
  }
  return files;
}

function asFolder(folder: URL): URL {
  return folder.href.endsWith('/') ? folder : new URL(`${folder.href}/`);
}

function migrationOf(name: string, exported: readonly unknown[]): MigrationClass {
  const [only, ...others] = exported.filter(isMigrationClass);
  if (only !== undefined && others.length === 0) return only;
  const count = only === undefined ? 'no class' : 'more than one class';
  throw new InvalidMigrationsError(`Migration ${name} exports ${count} that extends Migration.`, {
    fix: 'Write `export class ... extends Migration { readonly operations = [...]; }`, once in a file.',
  });
}

function isMigrationClass(exported: unknown): exported is MigrationClass {
  return typeof exported === 'function' && exported.prototype instanceof Migration;
}
