import { InvalidMigrationsError } from '../errors/migration.errors.js';
import { numberOf, orderMigrations } from './migration-graph.js';
import { type GeneratedMigration, numbered, writeMigration, type WriteOptions } from './migration-folder.js';
import { replay } from './migration-plan.js';
import { loadMigrations, type MigrationSource } from './migration-source.js';

/** Options of {@link mergeMigrations}. */
export interface MergeOptions extends WriteOptions {
  /** @defaultValue `merge_` and the migrations that it joins */
  readonly name?: string;
}

/**
 * Writes a migration that builds on all those in which the history ends, so that it ends in one again.
 *
 * @returns `undefined` when it ends in one already.
 * @throws {MigrationStateError} when they do not go together, such as two that add the same column.
 */
export async function mergeMigrations(
  folder: MigrationSource,
  { name, dryRun }: MergeOptions = {},
): Promise<GeneratedMigration | undefined> {
  const { leaves, migrations } = orderMigrations(await loadMigrations(folder), new Set());
  if (leaves.length <= 1) return undefined;
  if (migrations.length === 0) throw new InvalidMigrationsError('There are no migrations to merge.');
  replay(migrations);
  const number = Math.max(...migrations.map((migration) => numberOf(migration.name))) + 1;
  const label = name ?? `merge_${leaves.join('_and_')}`.slice(0, 100).replace(/(?<!_)_+$/, '');
  const summary = `merge ${leaves.join(' and ')}`;
  const written = writeMigration(
    folder,
    numbered(number, label),
    { calls: [], dependencies: leaves, summary },
    { dryRun },
  );
  return { ...written, operations: [summary] };
}
