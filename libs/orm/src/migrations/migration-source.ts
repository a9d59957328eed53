import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidMigrationsError } from '../errors/migration.errors.js';
import { Migration, type MigrationClass, type NamedMigration } from './migration.js';

/** Where migrations are: a folder of files, or classes by name for bundled applications. */
export type MigrationSource = URL | Readonly<Record<string, MigrationClass>>;

const FILE = /^(?<name>\d{4}_[a-z0-9_]+)\.m?[jt]s$/;

/**
 * Loads the migrations of a source in their order. A folder that does not exist holds none.
 *
 * @throws {InvalidMigrationsError} when a number is missing or taken twice, a file exports no migration, or a dependency
 * does not come before.
 */
export async function loadMigrations(source: MigrationSource): Promise<NamedMigration[]> {
  const classes = source instanceof URL ? await importFolder(source) : new Map(Object.entries(source));
  const migrations = [...classes].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const names = migrations.map(([name]) => name);
  checkNumbers(names);
  return migrations.map(([name, migration], index) => {
    const { dependencies, operations } = new migration();
    checkDependencies(name, dependencies, names.slice(0, index));
    return { name, operations };
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

function checkNumbers(names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const expected = String(index + 1).padStart(4, '0');
    const actual = name.slice(0, 4);
    if (actual === expected) continue;
    const problem =
      actual === names[index - 1]?.slice(0, 4)
        ? `has the number of ${names[index - 1]}`
        : `comes where ${expected} is missing`;
    throw new InvalidMigrationsError(`Migration ${name} ${problem}.`, {
      fix: 'Number migrations 0001, 0002, … without gaps; renumber yours when somebody else took the number first.',
    });
  }
}

function checkDependencies(name: string, dependencies: readonly string[], before: readonly string[]): void {
  const missing = dependencies.find((dependency) => !before.includes(dependency));
  if (missing === undefined) return;
  throw new InvalidMigrationsError(`Migration ${name} depends on ${missing}, which does not come before it.`, {
    fix: 'Correct the name, or renumber the two.',
  });
}
