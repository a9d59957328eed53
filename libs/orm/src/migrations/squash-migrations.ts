import { MigrationSquashError } from '../errors/migration.errors.js';
import type { NamedMigration } from './migration.js';
import { orderMigrations } from './migration-graph.js';
import { type GeneratedMigration, writeMigration, type WriteOptions } from './migration-folder.js';
import { replay } from './migration-plan.js';
import { loadMigrations, type MigrationSource } from './migration-source.js';
import { type OperationCall, operationOf } from './operations/operation-call.js';
import type { Operation } from './operations/operation.js';
import type { SchemaState } from './schema-state.js';
import { operationsBetween } from './state-difference.js';

/** Options of {@link squashMigrations}. */
export interface SquashOptions extends WriteOptions {
  /** The first that is replaced. @defaultValue the first of all */
  readonly from?: string;
  /** The last that is replaced. */
  readonly to: string;
  /** @defaultValue `squashed_` and the last that is replaced */
  readonly name?: string;
}

/**
 * Writes one migration that stands for several. Databases that have applied them all count it as applied, new ones apply
 * it in their place; the files of those it replaces may go once every database is past them.
 *
 * @throws {MigrationSquashError} when the range is none, or code in it would be lost.
 */
export async function squashMigrations(
  folder: MigrationSource,
  { dryRun, from, name, to }: SquashOptions,
): Promise<GeneratedMigration> {
  const { migrations } = orderMigrations(await loadMigrations(folder), new Set());
  const first = from === undefined ? 0 : migrations.findIndex((migration) => migration.name === from);
  const last = migrations.findIndex((migration) => migration.name === to);
  const range = migrations.slice(first, last + 1);
  const [start] = range;
  if (first < 0 || last < 0 || range.length < 2 || start === undefined) {
    throw new MigrationSquashError(`There is nothing to squash from ${from ?? 'the first'} to ${to}.`, {
      fix: 'Name two migrations, the earlier one first.',
    });
  }
  const nested = range.find(({ replaces }) => replaces.length > 0);
  if (nested) {
    throw new MigrationSquashError(`Migration ${nested.name} replaces others itself.`, {
      fix: 'Delete the files of those and its "replaces" once every database is past them, then squash.',
    });
  }
  const names = range.map((migration) => migration.name);
  const calls = squashed(range, replay(migrations.slice(0, first)));
  const dependencies = range.flatMap((migration) => migration.dependencies).filter((other) => !names.includes(other));
  const written = writeMigration(
    folder,
    `${start.name.slice(0, 4)}_${name ?? `squashed_${to}`}`,
    { calls, dependencies: [...new Set(dependencies)], replaces: names },
    { dryRun },
  );
  return { ...written, operations: calls.map((call) => operationOf(call).description) };
}

/** One difference up to the first operation on rows; from there on every step, since the rows may need them. */
function squashed(range: readonly NamedMigration[], before: SchemaState): OperationCall[] {
  const steps = range
    .flatMap(({ name, operations }) => operations.map((operation) => ({ name, operation })))
    .filter(({ operation }) => operation.kind === 'schema' || !operation.elidable);
  const firstData = steps.findIndex(({ operation }) => operation.kind === 'data');
  const [early, late] = firstData < 0 ? [steps, []] : [steps.slice(0, firstData), steps.slice(firstData)];
  const after = early.reduce<SchemaState>(
    (state, { operation }) => (operation.kind === 'schema' ? operation.apply(state) : state),
    before,
  );
  return [...operationsBetween(before, after), ...late.map(({ name, operation }) => callOf(name, operation))];
}

function callOf(migration: string, operation: Operation): OperationCall {
  if (operation.kind === 'schema') {
    if (operation.call) return operation.call;
  } else if (operation.statements) {
    const { reverseStatements: reverse, statements } = operation;
    return { name: 'runSql', args: reverse ? [statements, reverse] : [statements] };
  }
  throw new MigrationSquashError(`"${operation.description}" of ${migration} cannot be written into another file.`, {
    fix: 'Say { elidable: true } where a new database does not need it, or squash up to the migration before.',
  });
}
