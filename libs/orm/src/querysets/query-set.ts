import type { SqlEntityManager } from '@mikro-orm/sql';
import { UniqueViolationError } from '../errors/orm.errors.js';
import { keyLookups } from '../models/row-key.js';
import { isStoredAtOnce } from '../models/plain-row.js';
import { assignValues, checkValues } from '../models/row-values.js';
import { retryLostSlugs } from '../models/lost-slugs.js';
import { checkRow, insertRow, insertRows, prepareRow, updateRow } from '../models/row-writer.js';
import { checkRowsUpdate, updateRows } from '../models/rows-update.js';
import { upsertRows } from '../models/rows-upsert.js';
import type { SoftDeletable } from '../models/soft-delete.js';
import { timezone } from '../time/timezone.js';
import { runAtomic } from '../transactions/atomic.js';
import { Transaction } from '../transactions/transaction.js';
import { conditionOf, keyOf } from './condition.js';
import type { Changes, CheckedChanges } from './expression-types.js';
import { conflictRule, type ConflictOptions } from './conflicts.js';
import { givenList, givenOptions, givenRecord } from './given-arguments.js';
import type { Link } from './links.js';
import type { ColumnName, NewRow } from './lookup-types.js';
import { QueryReading, type RowOptions } from './query-reading.js';
import { QueryRunner } from './query-runner.js';
import { EVERYTHING, type QueryState } from './query-state.js';
import { canReturn } from './returning.js';

/**
 * A query for rows of one model: immutable, and sent only when something is asked of it. Lookups, orderings and columns
 * are checked by the compiler and, before any SQL, at run time; each method that takes names throws
 * {@link InvalidLookupError} for one that the model does not have.
 *
 * @example
 * ```ts
 * await posts.filter({ isPublished: true, author__name__icontains: 'ann' }).orderBy('-createdAt').limit(10).all();
 * ```
 */
export class QuerySet<T extends object> extends QueryReading<T> {
  /** Stores a new row; what it leaves out gets its default. */
  async create(values: NewRow<T>): Promise<T> {
    const { database, em } = this.runner();
    const row = this.#newInstance(em, values);
    await insertRow({ database, em }, row);
    return row;
  }

  /**
   * Stores a new row like {@link create} and answers it as plain data, by one statement and without an instance of it where
   * the database and the model allow that.
   */
  async createRow(values: NewRow<T>, options?: RowOptions): Promise<Record<string, unknown>> {
    const { columns, json = false } = givenOptions(this.asked('createRow'), options);
    const runner = this.runner();
    const paths = this.paths(columns);
    if (canReturn(runner.database.dialect) && isStoredAtOnce(this.definition))
      return runner.insert(values, paths, json);
    const row = await this.create(values);
    const [stored = {}] = await this.#byKey(row).runner().plainRows(paths, json);
    return stored;
  }

  /**
   * Stores several new rows by few statements, all or none of them. With a rule for rows that are there already
   * (`ignoreConflicts`, `updateConflicts`) it answers how many were inserted or updated instead of the rows.
   */
  async bulkCreate(rows: readonly NewRow<T>[]): Promise<T[]>;
  async bulkCreate(rows: readonly NewRow<T>[], conflicts: ConflictOptions<T>): Promise<number>;
  async bulkCreate(rows: readonly NewRow<T>[], conflicts?: ConflictOptions<T>): Promise<T[] | number> {
    const { database, em: outer } = this.runner();
    const asked = this.asked('bulkCreate');
    for (const row of givenList(asked, rows)) givenRecord(asked, row);
    const preparedRows = () => rows.map((values) => this.#preparedInstance(outer, values));
    if (conflicts !== undefined) {
      const instances = preparedRows();
      const rule = conflictRule(this.definition, rows, conflicts);
      return runAtomic(outer, (em) => upsertRows({ database, em }, this.definition, instances, rule));
    }
    return retryLostSlugs(this.definition, rows, async () => {
      const instances = preparedRows();
      await runAtomic(outer, (em) => insertRows({ database, em }, this.definition, instances));
      return instances;
    });
  }

  /**
   * Writes the named columns of several stored rows by few statements, all or none of them.
   *
   * @throws DoesNotExistError when a row is gone.
   * @throws VersionConflictError when somebody else wrote one since it was read (models with a version field).
   */
  async bulkUpdate(rows: readonly T[], columns: readonly ColumnName<T>[]): Promise<void> {
    const { database, em: outer } = this.runner();
    checkRowsUpdate(outer, this.definition, rows, columns);
    await runAtomic(outer, (em) => updateRows({ database, em }, this.definition, rows, columns));
  }

  /** The row with these values, created with them and the defaults when there is none; `true` tells that it is new. */
  async getOrCreate(values: NewRow<T>, defaults: NewRow<T> = {}): Promise<[row: T, created: boolean]> {
    checkValues(this.definition, 'getOrCreate', values);
    checkValues(this.definition, 'getOrCreate', defaults);
    const found = this.where(values);
    const row = await found.getOrNull();
    if (row) return [row, false];
    try {
      return [await runAtomic(this.runner().em, (em) => this.using(em).create({ ...values, ...defaults })), true];
    } catch (error) {
      // Somebody else may have created it in the meantime.
      const other = error instanceof UniqueViolationError ? await found.getOrNull() : null;
      if (other) return [other, false];
      throw error;
    }
  }

  /** Changes the row with these values, or creates it with both; `true` tells that it is new. */
  async updateOrCreate(values: NewRow<T>, changes: NewRow<T>): Promise<[row: T, created: boolean]> {
    checkValues(this.definition, 'updateOrCreate', changes);
    const [row, created] = await this.getOrCreate(values, changes);
    if (created) return [row, true];
    const { database, em } = this.runner();
    assignValues(em, this.definition, row, changes);
    await updateRow({ database, em }, row);
    return [row, false];
  }

  /**
   * Changes all matching rows by one statement and answers how many; instances in memory stay as they are. Values may
   * be computed of the row's own columns (`{ viewsCount: F('viewsCount').plus(1) }`).
   */
  async update<const C extends Changes<T>>(changes: C & CheckedChanges<T, C>): Promise<number> {
    this.refuseSlice('update');
    return this.runner().update(changes);
  }

  /** Whether one of these methods sends one statement only on this database and with this model. */
  isWrittenAtOnce(method: 'createRow' | 'updateRows'): boolean {
    return canReturn(this.runner().database.dialect) && (method === 'updateRows' || isStoredAtOnce(this.definition));
  }

  /** Changes all matching rows like {@link update}, and answers them as they now are, as plain data. */
  async updateRows<const C extends Changes<T>>(
    changes: C & CheckedChanges<T, C>,
    options?: RowOptions,
  ): Promise<Record<string, unknown>[]> {
    this.refuseSlice('updateRows');
    const { columns, json = false } = givenOptions(this.asked('updateRows'), options);
    const runner = this.runner();
    const paths = this.paths(columns);
    if (canReturn(runner.database.dialect)) return runner.updateReturning(changes, paths, json);
    const keys = this.definition.keys.map(({ name }) => name);
    runner.checkChanges(changes);
    return runAtomic(runner.em, async (em) => {
      const matching = await this.using(em).selectForUpdate().rows({ columns: keys });
      const found = this.#withKeys(matching).using(em);
      await found.runner().update(changes);
      return found.runner().plainRows(paths, json);
    });
  }

  /** Deletes all matching rows for good by one statement and answers how many. */
  async delete(): Promise<number> {
    this.refuseSlice('delete');
    return this.runner().delete();
  }

  /** Soft-deletes all matching rows that are alive by one statement and answers how many. */
  async softDelete(this: T extends SoftDeletable ? QuerySet<T> : never): Promise<number>;
  async softDelete(): Promise<number> {
    return this.#mark('softDelete', 'without', timezone.now());
  }

  /** Brings all matching rows that are soft-deleted back by one statement and answers how many. */
  async restore(this: T extends SoftDeletable ? QuerySet<T> : never): Promise<number>;
  async restore(): Promise<number> {
    return this.#mark('restore', 'only', null);
  }

  /** The pairs of a many-to-many relation that start from rows with these keys, no more than `limit` of them. */
  async links(relation: string, keys: readonly unknown[], options?: { readonly limit?: number }): Promise<Link[]> {
    const runner = this.runner();
    const { limit } = givenOptions(this.asked('links'), options);
    return runner
      .links(runner.em, relation)
      .of(keys, limit === undefined ? undefined : this.checkedCount('links', limit));
  }

  /**
   * Makes the given rows (or keys) the ones that `owner`, a row or its key, is linked to; answers whether that changed
   * anything. Of a row, the automatic times and the version are then written, too, unless its transaction did already.
   *
   * @throws VersionConflictError when `owner` is a row that somebody else wrote since it was read.
   */
  async setLinks(relation: string, owner: unknown, targets: readonly unknown[]): Promise<boolean> {
    const runner = this.runner();
    runner.links(runner.em, relation).check([keyOf(owner)], targets);
    return runAtomic(runner.em, async (em) => {
      const changed = await runner.links(em, relation).set(keyOf(owner), targets);
      const stale = changed && owner instanceof this.model && !Transaction.of(em)?.hasWritten(owner);
      if (stale) await updateRow({ database: runner.database, em }, owner, []);
      return changed;
    });
  }

  /** Adds pairs of a many-to-many relation that do not exist yet. */
  async addLinks(relation: string, pairs: readonly Link[]): Promise<void> {
    const runner = this.runner();
    const ends = givenList(this.asked('addLinks'), pairs).map((pair) => givenList(this.asked('addLinks'), pair));
    runner.links(runner.em, relation).check(
      ends.map(([own]) => own),
      ends.map(([, target]) => target),
    );
    await runAtomic(runner.em, (em) => runner.links(em, relation).add(pairs));
  }

  /** Removes the pairs of a many-to-many relation that lead from one row (or key) to others; answers how many there were. */
  async removeLinks(relation: string, owner: unknown, targets: readonly unknown[]): Promise<number> {
    const runner = this.runner();
    runner.links(runner.em, relation).check([keyOf(owner)], targets);
    return runAtomic(runner.em, (em) => runner.links(em, relation).remove(keyOf(owner), targets));
  }

  protected derive(state: QueryState): QuerySet<T> {
    return new QuerySet(this.model, state);
  }

  /** Every row of the model where this query looks for them, whatever else it says. */
  get #all(): QuerySet<T> {
    const { em, database, connections, connection, primary } = this.state;
    return this.derive({ ...EVERYTHING, deleted: 'with', em, database, connections, connection, primary });
  }

  #byKey(row: object): QuerySet<T> {
    return this.#all.where(keyLookups(this.definition, row));
  }

  #withKeys(rows: readonly Readonly<Record<string, unknown>>[]): QuerySet<T> {
    const [{ name: key }, ...others] = this.definition.keys;
    if (others.length === 0) return this.#all.where({ [`${key}__in`]: rows.map((row) => row[key]) });
    if (rows.length === 0) return this.#all.none();
    const parts = rows.map((row) => conditionOf(this.model, keyLookups(this.definition, row)));
    return this.#all.with({ where: { kind: 'or', parts } });
  }

  #mark(method: string, deleted: QueryState['deleted'], deletedAt: Date | null): Promise<number> {
    this.refuseSlice(method);
    this.withDeletion(method, deleted);
    return new QueryRunner(this.model, { ...this.state, deleted }).update({ deletedAt });
  }

  #preparedInstance(em: SqlEntityManager, values: object): T {
    const row = this.#newInstance(em, values, 'bulkCreate');
    prepareRow(em, this.definition, row);
    checkRow(this.definition, row);
    return row;
  }

  #newInstance(em: SqlEntityManager, values: object, method = 'create'): T {
    givenRecord(this.asked(method), values);
    const row = new this.model();
    assignValues(em, this.definition, row, values);
    return row;
  }
}
