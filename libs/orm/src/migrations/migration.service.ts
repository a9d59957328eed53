import type { SqlOrm } from '../databases/driver-options.js';
import { MigrationHistoryError } from '../errors/migration.errors.js';
import { type GenerateOptions, generateMigration } from './generate-migration.js';
import { differenceTo } from './live-schema.js';
import { mergeMigrations, type MergeOptions } from './merge-migrations.js';
import { metadataState } from './metadata-state.js';
import { type AppliedMigration, readHistory } from './migration-history.js';
import type { GeneratedMigration } from './migration-folder.js';
import { checkOneEnd, type MigrationOrder, orderMigrations } from './migration-graph.js';
import { planAll, type PlannedMigration, replay } from './migration-plan.js';
import { MigrationRunner, type RunOptions } from './migration-runner.js';
import { migrationSql, type SqlDirection } from './migration-sql.js';
import { loadMigrations, type MigrationSource } from './migration-source.js';
import { operationOf } from './operations/operation-call.js';
import { dropAllTables } from './reset-tables.js';
import { statementsOf } from './schema-statements.js';
import { squashMigrations, type SquashOptions } from './squash-migrations.js';
import { operationsBetween } from './state-difference.js';

/** How far `migrate` goes. */
export interface MigrateOptions extends RunOptions {
  /** The last migration that is applied. @defaultValue all are */
  readonly to?: string;
}

/** How far `rollback` goes; one of the two. */
export interface RollbackOptions extends RunOptions {
  /** How many migrations are undone. @defaultValue 1 */
  readonly steps?: number;
  /** The last migration that stays, or `zero` for none. */
  readonly to?: string;
}

/** A migration and whether the database has applied it. */
export interface MigrationStatus {
  readonly name: string;
  /** When it was applied; absent when it is not, or only those that it replaces are. */
  readonly appliedAt?: Date;
  readonly isApplied: boolean;
}

/** How models, migrations and tables stand to each other. */
export interface MigrationCheck {
  /** Migrations that are yet to be applied. */
  readonly pending: readonly string[];
  /** What the next generated migration would do: the models are ahead of the migrations. */
  readonly missing: readonly string[];
  /** The statements that would undo what somebody did to the tables beside the migrations. */
  readonly drift: readonly string[];
  /** Whether there is nothing of all that. */
  readonly isClean: boolean;
}

/**
 * Brings the database to the state that the migrations describe, and back, and writes migrations.
 *
 * Every migration runs in a transaction of its own: one that fails leaves nothing behind, those before it stay. Any
 * number of processes may migrate at once; each migration is applied by one of them and the others wait for it.
 */
export class MigrationService {
  readonly #orm: SqlOrm;
  readonly #source: MigrationSource;

  constructor(orm: SqlOrm, source: MigrationSource) {
    this.#orm = orm;
    this.#source = source;
  }

  /** What the database records as applied, in the order of the names. */
  applied(): Promise<AppliedMigration[]> {
    return readHistory(this.#orm.em.fork());
  }

  /** All migrations in their order, each with whether it is applied. */
  async list(): Promise<MigrationStatus[]> {
    const [{ done, migrations }, history] = await Promise.all([this.#order(), this.applied()]);
    const times = new Map(history.map(({ appliedAt, name }) => [name, appliedAt]));
    const finished = new Set(done.map(({ name }) => name));
    return migrations.map(({ name }) => ({ name, isApplied: finished.has(name), appliedAt: times.get(name) }));
  }

  /** Names of the migrations that are yet to be applied, in order. */
  async pending(): Promise<string[]> {
    return (await this.#order()).pending.map(({ name }) => name);
  }

  /**
   * What {@link migrate} would run.
   *
   * @throws {MigrationConflictError} when the history ends in several migrations.
   */
  async plan({ to }: Pick<MigrateOptions, 'to'> = {}): Promise<PlannedMigration[]> {
    const order = await this.#order();
    checkOneEnd(order);
    const { done, pending } = order;
    return planAll(this.#orm, to === undefined ? pending : upTo(order, to), done);
  }

  /**
   * Applies pending migrations.
   *
   * @returns the names of those that this process applied.
   * @throws {MigrationFailedError} when the database refuses an operation.
   */
  async migrate({ to, ...options }: MigrateOptions = {}): Promise<string[]> {
    const runner = new MigrationRunner(this.#orm);
    const applied: string[] = [];
    for (const migration of await this.plan({ to })) {
      options.onMigration?.(migration.name);
      if (await runner.apply(migration, options)) applied.push(migration.name);
    }
    return applied;
  }

  /** What {@link rollback} would undo, newest first; its statements are each step's `down`, last step first. */
  async rollbackPlan(target: number | RollbackOptions = 1): Promise<PlannedMigration[]> {
    const { done } = await this.#order();
    const { steps, to } = typeof target === 'number' ? { steps: target } : target;
    const kept = to === undefined ? Math.max(done.length - Math.max(steps ?? 1, 0), 0) : keptUpTo(done, to);
    return planAll(this.#orm, done.slice(kept), done.slice(0, kept)).toReversed();
  }

  /**
   * Undoes the latest migrations, newest first: a number of them, or all after one.
   *
   * @returns the names of those that were undone.
   * @throws {IrreversibleMigrationError} before anything is undone in a migration that has no way back.
   */
  async rollback(target: number | RollbackOptions = 1): Promise<string[]> {
    const runner = new MigrationRunner(this.#orm);
    const options: RunOptions = typeof target === 'number' ? {} : target;
    const undone: string[] = [];
    for (const migration of await this.rollbackPlan(target)) {
      options.onMigration?.(migration.name);
      if (await runner.undo(migration, options)) undone.push(migration.name);
    }
    return undone;
  }

  /** Drops every table of the database, whoever made it, and applies all migrations. */
  async reset(options: Pick<RunOptions, 'onMigration'> = {}): Promise<string[]> {
    await dropAllTables(this.#orm);
    return this.migrate(options);
  }

  /** Whether models, migrations and tables agree, and where they do not. */
  async check(): Promise<MigrationCheck> {
    const { done, migrations, pending } = await this.#order();
    const missing = operationsBetween(replay(migrations), metadataState(this.#orm)).map(
      (call) => operationOf(call).description,
    );
    // Tables that no migration made are none of its business.
    const drift = statementsOf(this.#orm, { ...(await differenceTo(this.#orm, replay(done))), removedTables: {} });
    const names = pending.map(({ name }) => name);
    return { pending: names, missing, drift, isClean: names.length + missing.length + drift.length === 0 };
  }

  /** The statements that would make the live tables equal to the models; empty when they are. */
  async drift(): Promise<string[]> {
    return statementsOf(this.#orm, await differenceTo(this.#orm, metadataState(this.#orm)));
  }

  /**
   * The SQL of one migration on the database at hand, without asking it anything; code stands there as a comment.
   *
   * @throws {InvalidMigrationsError} when there is no such migration.
   */
  async sqlFor(name: string, direction: SqlDirection = 'up'): Promise<string[]> {
    return migrationSql(this.#orm, await loadMigrations(this.#source), name, direction);
  }

  /** Writes the next migration. @see generateMigration */
  generate(options: GenerateOptions = {}): Promise<GeneratedMigration | undefined> {
    return generateMigration(this.#orm, this.#source, options);
  }

  /** Joins several ends of the history. @see mergeMigrations */
  merge(options: MergeOptions = {}): Promise<GeneratedMigration | undefined> {
    return mergeMigrations(this.#source, options);
  }

  /** Replaces a range of migrations by one. @see squashMigrations */
  squash(options: SquashOptions): Promise<GeneratedMigration> {
    return squashMigrations(this.#source, options);
  }

  async #order(): Promise<MigrationOrder> {
    const [files, history] = await Promise.all([loadMigrations(this.#source), this.applied()]);
    return orderMigrations(files, new Set(history.map(({ name }) => name)));
  }
}

/** The pending migrations that `to` needs, itself included. */
function upTo({ done, pending }: MigrationOrder, to: string): MigrationOrder['pending'] {
  const needed = new Set([to]);
  for (const { dependencies, name } of pending.toReversed()) {
    if (needed.has(name)) for (const dependency of dependencies) needed.add(dependency);
  }
  const chosen = pending.filter(({ name }) => needed.has(name));
  if (chosen.length > 0) return chosen;
  const isDone = done.some(({ name }) => name === to);
  throw new MigrationHistoryError(
    isDone ? `Migration ${to} is applied already.` : `There is no migration ${to}.`,
    isDone ? 'To undo those after it, roll back to it.' : 'Name a migration that is yet to be applied.',
  );
}

function keptUpTo(done: MigrationOrder['done'], to: string): number {
  if (to === 'zero') return 0;
  const index = done.findIndex(({ name }) => name === to);
  if (index >= 0) return index + 1;
  throw new MigrationHistoryError(`Migration ${to} is not applied.`, 'Name one that is, or zero to undo all.');
}
