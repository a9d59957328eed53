import { DatabaseSchema, SchemaComparator } from '@mikro-orm/sql';
import { MIGRATIONS_TABLE, type SqlOrm } from '../databases/driver-options.js';
import { MigrationHistoryError } from '../errors/migration.errors.js';
import { metadataState } from './metadata-state.js';
import { toDatabaseSchema } from './mikro-schema.js';
import type { NamedMigration } from './migration.js';
import { type AppliedMigration, readHistory } from './migration-history.js';
import { type PlannedMigration, planMigration, replay } from './migration-plan.js';
import { MigrationRunner } from './migration-runner.js';
import { loadMigrations, type MigrationSource } from './migration-source.js';
import { statementsOf } from './schema-statements.js';

/**
 * Brings the database to the state that the migrations describe, and back.
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

  /** The migrations that the database records, in order. */
  applied(): Promise<AppliedMigration[]> {
    return readHistory(this.#orm.em.fork());
  }

  /** Names of the migrations that are yet to be applied, in order. */
  async pending(): Promise<string[]> {
    return (await this.#split()).pending.map(({ name }) => name);
  }

  /** The statements that {@link migrate} would run. */
  async plan(): Promise<PlannedMigration[]> {
    const { done, pending } = await this.#split();
    return this.#planAll(pending, done);
  }

  /**
   * Applies every pending migration.
   *
   * @returns the names of those that this process applied.
   * @throws {MigrationFailedError} when the database refuses an operation.
   */
  async migrate(): Promise<string[]> {
    const runner = new MigrationRunner(this.#orm);
    const applied: string[] = [];
    for (const migration of await this.plan()) {
      if (await runner.apply(migration)) applied.push(migration.name);
    }
    return applied;
  }

  /**
   * Undoes the latest migrations, newest first.
   *
   * @returns the names of those that were undone.
   * @throws {IrreversibleMigrationError} before anything is undone in a migration that has no way back.
   */
  async rollback(steps = 1): Promise<string[]> {
    const { done } = await this.#split();
    const runner = new MigrationRunner(this.#orm);
    const undone: string[] = [];
    for (const migration of this.#planAll(done).slice(-steps).toReversed()) {
      if (steps > 0 && (await runner.undo(migration))) undone.push(migration.name);
    }
    return undone;
  }

  /** The statements that would make the live tables equal to the models; empty when they are. */
  async drift(): Promise<string[]> {
    const { config, em } = this.#orm;
    const platform = em.getPlatform();
    const wanted = toDatabaseSchema(metadataState(this.#orm), platform);
    const [connection, namespaces, own] = [em.getConnection(), wanted.getNamespaces(), [MIGRATIONS_TABLE]];
    const live = await DatabaseSchema.create(connection, platform, config, undefined, namespaces, undefined, own);
    return statementsOf(this.#orm, new SchemaComparator(platform).compare(live, wanted));
  }

  async #split(): Promise<{ done: NamedMigration[]; pending: NamedMigration[] }> {
    const [migrations, history] = await Promise.all([loadMigrations(this.#source), this.applied()]);
    const names = migrations.map(({ name }) => name);
    for (const [index, { name }] of history.entries()) {
      if (names[index] === name) continue;
      const problem = names.includes(name)
        ? `although ${names[index]} comes before it and is not`
        : 'which is not among the migrations';
      throw new MigrationHistoryError(`The database records ${name} as applied, ${problem}.`);
    }
    return { done: migrations.slice(0, history.length), pending: migrations.slice(history.length) };
  }

  #planAll(migrations: readonly NamedMigration[], before: readonly NamedMigration[] = []): PlannedMigration[] {
    let state = replay(before);
    return migrations.map((migration) => {
      const planned = planMigration(this.#orm, migration, state);
      state = replay([migration], state);
      return planned;
    });
  }
}
