import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SqlOrm } from '../databases/driver-options.js';
import { InvalidMigrationsError } from '../errors/migration.errors.js';
import { metadataState } from './metadata-state.js';
import { replay } from './migration-plan.js';
import { loadMigrations } from './migration-source.js';
import { migrationSourceOf } from './migration-writer.js';
import { operationsBetween } from './state-difference.js';

/**
 * Writes the next migration of a folder from the difference between the models and the migrations that are there.
 *
 * Needs no database. A renamed column comes out as one that is dropped and one that is added: look at the file before
 * it is applied.
 *
 * @param name what the migration does, in snake_case, without the number.
 * @returns the file, or `undefined` when models and migrations agree.
 */
export async function generateMigration(orm: SqlOrm, folder: URL, name: string): Promise<URL | undefined> {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new InvalidMigrationsError(`"${name}" cannot be the name of a migration.`, {
      fix: 'Use small letters, digits and underscores, such as add_phone_to_users.',
    });
  }
  const migrations = await loadMigrations(folder);
  const calls = operationsBetween(replay(migrations), metadataState(orm));
  if (calls.length === 0) return undefined;
  const number = String(migrations.length + 1).padStart(4, '0');
  const base = folder.href.endsWith('/') ? folder : new URL(`${folder.href}/`);
  const file = new URL(`${number}_${name}.ts`, base);
  mkdirSync(fileURLToPath(base), { recursive: true });
  writeFileSync(file, migrationSourceOf(pascalCase(name), calls), { flag: 'wx' });
  return file;
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
