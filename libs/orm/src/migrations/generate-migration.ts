import type { SqlOrm } from '../databases/driver-options.js';
import { detectChanges, type MigrationAnswers } from './change-detector.js';
import { metadataState } from './metadata-state.js';
import { checkOneEnd, numberOf, orderMigrations } from './migration-graph.js';
import { type GeneratedMigration, numbered, writeMigration, type WriteOptions } from './migration-folder.js';
import { replay } from './migration-plan.js';
import { loadMigrations, type MigrationSource } from './migration-source.js';
import { operationOf } from './operations/operation-call.js';
import { tellingName } from './telling-name.js';

/** Options of {@link generateMigration}. */
export interface GenerateOptions extends MigrationAnswers, WriteOptions {
  /** What it does, in snake_case, without the number. @defaultValue made of its operations; the first is `initial` */
  readonly name?: string;
}

/**
 * Writes the next migration of a folder from the difference between the models and the migrations that are there.
 * Needs no database.
 *
 * @returns `undefined` when models and migrations agree.
 * @throws {MigrationQuestionError} when names or values are to be decided and nobody was there to ask.
 * @throws {MigrationConflictError} when the history ends in several migrations.
 */
export async function generateMigration(
  orm: SqlOrm,
  folder: MigrationSource,
  { name, dryRun, ...answers }: GenerateOptions = {},
): Promise<GeneratedMigration | undefined> {
  const files = await loadMigrations(folder);
  const order = orderMigrations(files, new Set());
  checkOneEnd(order);
  const calls = await detectChanges(replay(order.migrations), metadataState(orm), answers);
  if (calls.length === 0) return undefined;
  const label = name ?? (files.length === 0 ? 'initial' : tellingName(calls));
  const number = Math.max(0, ...files.flatMap((file) => [file.name, ...file.replaces]).map(numberOf)) + 1;
  const written = writeMigration(folder, numbered(number, label), { calls, dependencies: order.leaves }, { dryRun });
  return { ...written, operations: calls.map((call) => operationOf(call).description) };
}
