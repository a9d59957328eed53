import type { SqlEntityManager } from '@mikro-orm/sql';
import {
  DoesNotExistError,
  InvalidLookupError,
  MultipleObjectsReturnedError,
  UniqueViolationError,
} from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { assignValues } from '../models/row-values.js';
import { insertRow, insertRows, updateRow } from '../models/row-writer.js';
import { runAtomic } from '../transactions/atomic.js';
import { type Condition, conditionOf, type DynamicLookups } from './condition.js';
import type { Link } from './links.js';
import type {
  CheckedColumns,
  CheckedLookups,
  CheckedOrdering,
  CheckedRelations,
  ColumnName,
  NewRow,
  PathValue,
  PlainRow,
  RelationName,
} from './lookup-types.js';
import { type CheckedClause, Clause } from './q.js';
import { QueryRunner } from './query-runner.js';
import {
  columnPath,
  columnPaths,
  EVERYTHING,
  orderOf,
  ownColumns,
  type QueryState,
  relationPath,
} from './query-state.js';

/** What {@link QuerySet.rows} reads, and in which form. */
export interface RowOptions {
  /** Columns to read, as paths (`title`, `author__name`). @defaultValue all columns of the model */
  readonly columns?: readonly string[];
  /** Whether values have the form that goes into JSON: times and big integers as texts. @defaultValue false */
  readonly json?: boolean;
}

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
export class QuerySet<T extends object> {
  readonly #state: QueryState;

  constructor(
    readonly model: ModelClass<T>,
    state: QueryState = EVERYTHING,
  ) {
    this.#state = state;
  }

  get definition(): ModelDefinition<T> {
    return modelDefinition(this.model);
  }

  /** The keys that it is sorted by. */
  get ordering(): readonly string[] {
    return this.#state.order.map(({ key }) => key);
  }

  /** Keeps the rows that meet all lookups. */
  filter<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): QuerySet<T>;
  filter<W>(clause: Clause<W> & CheckedClause<T, W>): QuerySet<T>;
  filter(condition: DynamicLookups | Clause<unknown>): QuerySet<T> {
    return this.#and(this.#conditionOf(condition));
  }

  /** Drops the rows that meet all lookups; rows for which that cannot be told, because a column is empty, stay. */
  exclude<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): QuerySet<T>;
  exclude<W>(clause: Clause<W> & CheckedClause<T, W>): QuerySet<T>;
  exclude(condition: DynamicLookups | Clause<unknown>): QuerySet<T> {
    return this.#and({ kind: 'not', part: this.#conditionOf(condition) });
  }

  /** The twin of {@link filter} for lookups that are only known at run time. */
  where(condition: DynamicLookups | Clause<unknown>): QuerySet<T> {
    return this.#and(this.#conditionOf(condition));
  }

  /** Sorts by columns, a hyphen reverses; replaces an earlier order, and without arguments removes it. */
  orderBy<const K extends readonly string[]>(...keys: K & CheckedOrdering<T, K>): QuerySet<T> {
    return this.#with({ order: keys.map((key) => orderOf(this.model, key)) });
  }

  limit(count: number): QuerySet<T> {
    return this.#with({ limit: this.#checkedCount('limit', count) });
  }

  offset(count: number): QuerySet<T> {
    return this.#with({ offset: this.#checkedCount('offset', count) });
  }

  /** Removes duplicates; of use with {@link values}, since rows of a model never repeat. */
  distinct(): QuerySet<T> {
    return this.#with({ distinct: true });
  }

  /** Loads only these columns (and the key and version); the others are absent from the instances. */
  only(...names: ColumnName<T>[]): QuerySet<T> {
    return this.#with({ columns: names.map((name) => columnPath(this.model, name).field) });
  }

  /** Loads all columns but these. */
  defer(...names: ColumnName<T>[]): QuerySet<T> {
    const deferred = new Set(names.map((name) => columnPath(this.model, name).field));
    const kept = ownColumns(this.model).map(({ field }) => field);
    return this.#with({ columns: kept.filter((field) => !deferred.has(field)) });
  }

  /** Loads related rows by the same statement, for relations to one row (`author`, `author__country`). */
  selectRelated<const K extends readonly string[]>(...paths: K & CheckedRelations<T, K>): QuerySet<T> {
    const joined = paths.flatMap((key) => {
      const { path, field } = columnPath(this.model, key);
      if (!field.relation) throw new InvalidLookupError(this.model.name, key, `"${key}" is not a relation to one row.`);
      const whole = [...path, field];
      return whole.map((_, index) => whole.slice(0, index + 1));
    });
    return this.#with({ joined: [...this.#state.joined, ...joined] });
  }

  /** Loads related rows of any kind, by one further statement per relation (`comments`, `comments__author`). */
  prefetchRelated(...names: (RelationName<T> | `${RelationName<T>}__${string}`)[]): QuerySet<T> {
    return this.#with({
      prefetched: [...this.#state.prefetched, ...names.map((name) => relationPath(this.model, name))],
    });
  }

  /** Uses the given EntityManager, and its transaction, instead of that of the work in hand. */
  using(em: SqlEntityManager): QuerySet<T> {
    return this.#with({ em });
  }

  async all(): Promise<T[]> {
    return this.#runner().instances();
  }

  /** The first row in order; by key when no order is given. */
  async first(): Promise<T | null> {
    const { limit = 1 } = this.#state;
    const [row] = await this.#decided().limit(Math.min(limit, 1)).all();
    return row ?? null;
  }

  /** The last row in order; by key when no order is given. */
  async last(): Promise<T | null> {
    this.#refuseSlice('last');
    const order = this.#decided().#state.order.map((item) => ({
      ...item,
      key: `~${item.key}`,
      descending: !item.descending,
    }));
    const [row] = await this.#with({ order }).limit(1).all();
    return row ?? null;
  }

  /**
   * The one row that matches.
   *
   * @throws DoesNotExistError when there is none.
   * @throws MultipleObjectsReturnedError when there are several.
   */
  async get(): Promise<T>;
  async get<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<T>;
  async get(lookups?: DynamicLookups): Promise<T> {
    const row = await this.#single(lookups);
    if (row) return row;
    throw new DoesNotExistError(this.model.name);
  }

  /**
   * The one row that matches, or `null`.
   *
   * @throws MultipleObjectsReturnedError when there are several.
   */
  async getOrNull(): Promise<T | null>;
  async getOrNull<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<T | null>;
  async getOrNull(lookups?: DynamicLookups): Promise<T | null> {
    return this.#single(lookups);
  }

  async count(): Promise<number> {
    return this.#runner().count();
  }

  async exists(): Promise<boolean> {
    return this.#runner().exists();
  }

  /** Rows as plain data, without instances: columns by property name, related rows as keys; paths stand under their path. */
  async values(): Promise<PlainRow<T>[]>;
  async values<const K extends readonly string[]>(
    ...columns: K & CheckedColumns<T, K>
  ): Promise<{ [P in K[number]]: PathValue<T, P> }[]>;
  async values(...columns: readonly string[]): Promise<unknown[]> {
    return this.rows(columns.length > 0 ? { columns } : {});
  }

  /** Like {@link values}, each row as a list in the order of the columns. */
  async valuesList<const K extends readonly string[]>(
    ...columns: K & CheckedColumns<T, K>
  ): Promise<{ [I in keyof K]: PathValue<T, K[I] & string> }[]> {
    const rows = await this.rows({ columns });
    return rows.map((row) => columns.map((column) => row[column]) as { [I in keyof K]: PathValue<T, K[I] & string> });
  }

  /** Like {@link values}, for rows on their way to JSON. */
  async rows({ columns, json = false }: RowOptions = {}): Promise<Record<string, unknown>[]> {
    const paths = columns ? columnPaths(this.model, columns) : ownColumns(this.model, this.#state.columns);
    return this.#runner().plainRows(paths, json);
  }

  /** Stores a new row; what it leaves out gets its default. */
  async create(values: NewRow<T>): Promise<T> {
    const { database, em } = this.#runner();
    const row = this.#newInstance(em, values);
    await insertRow({ database, em }, row);
    return row;
  }

  /** Stores several new rows by few statements, all or none of them. */
  async bulkCreate(rows: readonly NewRow<T>[]): Promise<T[]> {
    const { database, em: outer } = this.#runner();
    return runAtomic(outer, async (em) => {
      const instances = rows.map((values) => this.#newInstance(em, values));
      await insertRows({ database, em }, this.definition, instances);
      return instances;
    });
  }

  /** The row with these values, created with them and the defaults when there is none; `true` tells that it is new. */
  async getOrCreate(values: NewRow<T>, defaults: NewRow<T> = {}): Promise<[row: T, created: boolean]> {
    const found = this.where(values);
    const row = await found.getOrNull();
    if (row) return [row, false];
    try {
      return [await runAtomic(this.#runner().em, (em) => this.using(em).create({ ...values, ...defaults })), true];
    } catch (error) {
      // Somebody else may have created it in the meantime.
      const other = error instanceof UniqueViolationError ? await found.getOrNull() : null;
      if (other) return [other, false];
      throw error;
    }
  }

  /** Changes the row with these values, or creates it with both; `true` tells that it is new. */
  async updateOrCreate(values: NewRow<T>, changes: NewRow<T>): Promise<[row: T, created: boolean]> {
    const [row, created] = await this.getOrCreate(values, changes);
    if (created) return [row, true];
    const { database, em } = this.#runner();
    assignValues(em, this.definition, row, changes);
    await updateRow({ database, em }, row);
    return [row, false];
  }

  /** Changes all matching rows by one statement and answers how many; instances in memory stay as they are. */
  async update(changes: NewRow<T>): Promise<number> {
    this.#refuseSlice('update');
    return this.#runner().update(changes);
  }

  /** Deletes all matching rows by one statement and answers how many. */
  async delete(): Promise<number> {
    this.#refuseSlice('delete');
    return this.#runner().delete();
  }

  /** The pairs of a many-to-many relation that start from rows with these keys. */
  async links(relation: string, keys: readonly unknown[]): Promise<Link[]> {
    const runner = this.#runner();
    return runner.links(runner.em, relation).of(keys);
  }

  /** Makes the given rows (or keys) the ones that the row with `key` is linked to. */
  async setLinks(relation: string, key: unknown, targets: readonly unknown[]): Promise<void> {
    const runner = this.#runner();
    await runAtomic(runner.em, (em) => runner.links(em, relation).set(key, targets));
  }

  /** The SQL that {@link all} would send, with the values beside it. */
  toSql(): { readonly sql: string; readonly parameters: readonly unknown[] } {
    return this.#runner().sql();
  }

  #runner(): QueryRunner<T> {
    return new QueryRunner(this.model, this.#state);
  }

  #with(change: Partial<QueryState>): QuerySet<T> {
    return new QuerySet(this.model, { ...this.#state, ...change });
  }

  #and(condition: Condition): QuerySet<T> {
    this.#refuseSlice('filter');
    const { where } = this.#state;
    return this.#with({ where: where ? { kind: 'and', parts: [where, condition] } : condition });
  }

  #conditionOf(condition: DynamicLookups | Clause<unknown>): Condition {
    return condition instanceof Clause ? condition.conditionFor(this.model) : conditionOf(this.model, condition);
  }

  /** The same rows in an order that leaves nothing open. */
  #decided(): QuerySet<T> {
    const { order } = this.#state;
    const key = orderOf(this.model, this.definition.primaryKey.name);
    const open = !order.some(({ path, field }) => path.length === 0 && field === key.field);
    return this.#with({ order: open ? [...order, key] : order });
  }

  async #single(lookups?: DynamicLookups): Promise<T | null> {
    const found = lookups ? this.where(lookups) : this;
    const rows = await (this.#state.limit === undefined ? found.limit(2) : found).all();
    if (rows.length > 1) throw new MultipleObjectsReturnedError(this.model.name);
    return rows[0] ?? null;
  }

  #newInstance(em: SqlEntityManager, values: object): T {
    const row = new this.model();
    assignValues(em, this.definition, row, values);
    return row;
  }

  #checkedCount(what: string, count: number): number {
    if (Number.isSafeInteger(count) && count >= 0) return count;
    throw new InvalidLookupError(this.model.name, what, `${what} takes a whole number from 0 on.`);
  }

  /** A condition added after a limit would change which rows the limit cuts off. */
  #refuseSlice(what: string): void {
    const { limit, offset } = this.#state;
    if (limit === undefined && offset === undefined) return;
    throw new InvalidLookupError(
      this.model.name,
      what,
      `${what}() cannot follow limit() or offset().`,
      `Call ${what}() first.`,
    );
  }
}
