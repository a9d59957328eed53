import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidMigrationsError } from '../errors/migration.errors.js';
import type { MigrationSource } from './migration-source.js';
import { type MigrationText, migrationSourceOf } from './migration-writer.js';

/** A migration that was written, or would be. */
export interface GeneratedMigration {
  readonly name: string;
  readonly file: URL;
  /** The text of the file. */
  readonly source: string;
  /** What it does, an entry per operation. */
  readonly operations: readonly string[];
}

/** What becomes of the text of a new migration. */
export interface WriteOptions {
  /** Whether nothing is written. @defaultValue false */
  readonly dryRun?: boolean;
}

/**
 * Writes a migration into its folder.
 *
 * @throws {InvalidMigrationsError} when there is no folder, or the name does not fit.
 */
export function writeMigration(
  source: MigrationSource,
  name: string,
  text: Omit<MigrationText, 'className'>,
  { dryRun = false }: WriteOptions = {},
): Omit<GeneratedMigration, 'operations'> {
  const base = folderOf(source);
  const label = name.slice('0000_'.length);
  if (!/^[a-z][a-z0-9_]*$/.test(label)) {
    throw new InvalidMigrationsError(`"${label}" cannot be the name of a migration.`, {
      fix: 'Use small letters, digits and underscores, such as add_phone_to_users.',
    });
  }
  const file = new URL(`${name}.ts`, base);
  const code = migrationSourceOf({ ...text, className: pascalCase(label) });
  if (!dryRun) {
    mkdirSync(fileURLToPath(base), { recursive: true });
    writeFileSync(file, code, { flag: 'wx' });
  }
  return { name, file, source: code };
}

/** A number as it stands at the start of a name. */
export function numbered(number: number, label: string): string {
  return `${String(number).padStart(4, '0')}_${label}`;
}

function folderOf(source: MigrationSource): URL {
  if (!(source instanceof URL)) {
    throw new InvalidMigrationsError('The migrations are given as classes, so there is no folder to write to.', {
      fix: 'Give the folder: migrations: new URL("./migrations/", import.meta.url).',
    });
  }
  return source.href.endsWith('/') ? source : new URL(`${source.href}/`);
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
