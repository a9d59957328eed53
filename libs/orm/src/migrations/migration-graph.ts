import { InvalidMigrationsError, MigrationConflictError, MigrationHistoryError } from '../errors/migration.errors.js';
import type { NamedMigration } from './migration.js';
import type { LoadedMigration } from './migration-source.js';

/** The migrations that count for a database, each after those it builds on. */
export interface MigrationOrder {
  readonly migrations: readonly NamedMigration[];
  /** Those that the database has applied. */
  readonly done: readonly NamedMigration[];
  readonly pending: readonly NamedMigration[];
  /** Those that no other builds on; more than one when two people added a migration at the same time. */
  readonly leaves: readonly string[];
}

/**
 * Orders migrations for a database that has applied some of them. Those that replace others stand in their place,
 * unless the database is in the midst of the others.
 *
 * @throws {InvalidMigrationsError} when one builds on what is not there or comes later.
 * @throws {MigrationHistoryError} when the database has applied what is not there, or skipped something.
 */
export function orderMigrations(files: readonly LoadedMigration[], applied: ReadonlySet<string>): MigrationOrder {
  const { counted, standIns } = chosen(files, applied);
  const names = counted.map(({ name }) => name);
  const migrations = counted.map((file, index): NamedMigration => {
    const before = names.slice(0, index);
    const dependencies = dependenciesOf(file, before, standIns);
    return { ...file, dependencies };
  });
  checkKnown(applied, files, names);
  const isDone = ({ name, replaces }: NamedMigration) =>
    applied.has(name) || (replaces.length > 0 && replaces.every((replaced) => applied.has(replaced)));
  const done = migrations.filter(isDone);
  checkUnbroken(done);
  const builtOn = new Set(migrations.flatMap(({ dependencies }) => dependencies));
  return {
    migrations,
    done,
    pending: migrations.filter((migration) => !isDone(migration)),
    leaves: names.filter((name) => !builtOn.has(name)),
  };
}

/** @throws {MigrationConflictError} when the history ends in more than one migration. */
export function checkOneEnd({ leaves }: MigrationOrder): void {
  if (leaves.length > 1) throw new MigrationConflictError(leaves);
}

interface Choice {
  readonly counted: readonly LoadedMigration[];
  /** Which migration stands where another one is named. */
  readonly standIns: ReadonlyMap<string, string>;
}

function chosen(files: readonly LoadedMigration[], applied: ReadonlySet<string>): Choice {
  const hidden = new Set<string>();
  const standIns = new Map<string, string>();
  const present = new Set(files.map(({ name }) => name));
  for (const { name, replaces } of files) {
    if (replaces.length === 0) continue;
    const count = replaces.filter((replaced) => applied.has(replaced)).length;
    if (applied.has(name) || count === 0 || count === replaces.length) {
      for (const replaced of replaces) {
        hidden.add(replaced);
        standIns.set(replaced, name);
      }
      continue;
    }
    const gone = replaces.find((replaced) => !present.has(replaced));
    if (gone !== undefined) {
      throw new MigrationHistoryError(
        `The database has applied only some of the migrations that ${name} replaces, and ${gone} is not there any more.`,
      );
    }
    hidden.add(name);
    standIns.set(name, replaces.at(-1) ?? name);
  }
  return { counted: files.filter(({ name }) => !hidden.has(name)), standIns };
}

function dependenciesOf(
  { name, dependencies, replaces }: LoadedMigration,
  before: readonly string[],
  standIns: ReadonlyMap<string, string>,
): string[] {
  const named = dependencies ?? impliedDependency(name, before, standIns);
  const resolved = named.map((dependency) => standIns.get(dependency) ?? dependency);
  const others = [...new Set(resolved)].filter((dependency) => dependency !== name && !replaces.includes(dependency));
  const missing = others.find((dependency) => !before.includes(dependency));
  if (missing === undefined) return others;
  throw new InvalidMigrationsError(`Migration ${name} depends on ${missing}, which does not come before it.`, {
    fix: 'Correct the name, or renumber the two.',
  });
}

/** Who says nothing follows the migration with the number before. */
function impliedDependency(
  name: string,
  before: readonly string[],
  standIns: ReadonlyMap<string, string>,
): readonly string[] {
  const number = numberOf(name);
  if (number <= 1) return [];
  const isPrevious = (other: string) => numberOf(other) === number - 1;
  const visible = before.filter(isPrevious);
  const replaced = [...standIns].filter(([other]) => isPrevious(other)).map(([, standIn]) => standIn);
  const candidates = visible.length > 0 ? visible : [...new Set(replaced)];
  if (candidates.length === 1) return candidates;
  const expected = String(number - 1).padStart(4, '0');
  if (candidates.length === 0) {
    throw new InvalidMigrationsError(`Migration ${name} comes where ${expected} is missing.`, {
      fix: 'Number migrations 0001, 0002, … without gaps, or name what it builds on: dependencies = […].',
    });
  }
  throw new InvalidMigrationsError(`Migration ${name} may follow ${candidates.join(' or ')}.`, {
    fix: `Say which: dependencies = ['${candidates[0]}'], or all of them if it needs both.`,
  });
}

function checkKnown(applied: ReadonlySet<string>, files: readonly LoadedMigration[], names: readonly string[]): void {
  const known = new Set([...names, ...files.flatMap(({ name, replaces }) => [name, ...replaces])]);
  const unknown = [...applied].find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new MigrationHistoryError(`The database records ${unknown} as applied, which is not among the migrations.`);
}

function checkUnbroken(done: readonly NamedMigration[]): void {
  const names = new Set(done.map(({ name }) => name));
  for (const { name, dependencies } of done) {
    const missing = dependencies.find((dependency) => !names.has(dependency));
    if (missing === undefined) continue;
    throw new MigrationHistoryError(
      `The database records ${name} as applied, although ${missing} comes before it and is not.`,
    );
  }
}

/** The number that a migration's name starts with. */
export function numberOf(name: string): number {
  return Number(name.slice(0, 4));
}
