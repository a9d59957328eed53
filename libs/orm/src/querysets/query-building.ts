import { types } from 'node:util';
import { SqlEntityManager } from '@mikro-orm/sql';
import { PRIMARY } from '../context/connection-name.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import type { SoftDeletable } from '../models/soft-delete.js';
import type { Aggregates } from './aggregate.js';
import type { Annotations, CheckedAnnotations } from './aggregate-types.js';
import { resolveAnnotation } from './aggregation.js';
import { type Condition, conditionOf, type DynamicLookups } from './condition.js';
import { givenOptions, givenRecord } from './given-arguments.js';
import type { CheckedLookups, CheckedOrdering, CheckedRelations, ColumnName, RelationName } from './lookup-types.js';
import { type CheckedClause, type Clause, isClause } from './q.js';
import type { QuerySet } from './query-set.js';
import {
  columnPath,
  EVERYTHING,
  keyOrder,
  orderOf,
  ownColumns,
  type QueryNames,
  type QueryState,
  relationPath,
  reversedOrder,
  sortOrder,
} from './query-state.js';

const NOTHING: Condition = { kind: 'or', parts: [] };

/** Options of `selectForUpdate`. */
export interface LockOptions {
  /** Whether rows that another transaction has locked are left out, rather than waited for. @defaultValue false */
  readonly skipLocked?: boolean;
  /** Whether a row that another transaction has locked is an error at once, rather than waited for. @defaultValue false */
  readonly noWait?: boolean;
}

/** The part of a {@link QuerySet} that says which rows are meant; each method answers a new query. */
export abstract class QueryBuilding<T extends object> {
  constructor(
    readonly model: ModelClass<T>,
    protected readonly state: QueryState = EVERYTHING,
  ) {}

  get definition(): ModelDefinition<T> {
    return modelDefinition(this.model);
  }

  /** The keys that it is sorted by: its own, else those of the model. */
  get ordering(): readonly string[] {
    return sortOrder(this.model, this.state).map(({ key }) => key);
  }

  /**
   * Whether conditions alone say which rows are meant, on the connection where they are written: then a writing statement
   * finds the same rows as a reading one.
   */
  get isConditional(): boolean {
    const { limit, offset, distinct, lock, annotations, em, connection } = this.state;
    const isWhole = limit === undefined && offset === undefined && !distinct;
    return isWhole && lock === undefined && annotations.size === 0 && em === undefined && connection === undefined;
  }

  /** Keeps the rows that meet all lookups. */
  filter<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): QuerySet<T>;
  filter<W>(clause: Clause<W> & CheckedClause<T, W>): QuerySet<T>;
  filter(condition: DynamicLookups | Clause<unknown>): QuerySet<T> {
    return this.and(this.#conditionOf(condition));
  }

  /** Drops the rows that meet all lookups; rows for which that cannot be told, because a column is empty, stay. */
  exclude<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): QuerySet<T>;
  exclude<W>(clause: Clause<W> & CheckedClause<T, W>): QuerySet<T>;
  exclude(condition: DynamicLookups | Clause<unknown>): QuerySet<T> {
    return this.and({ kind: 'not', part: this.#conditionOf(condition) });
  }

  /** The twin of {@link filter} for lookups that are only known at run time. */
  where(condition: DynamicLookups | Clause<unknown>): QuerySet<T> {
    return this.and(this.#conditionOf(condition));
  }

  /**
   * Sorts by columns, a hyphen reverses; replaces an earlier order and that of the model, and without arguments removes
   * both.
   */
  orderBy<const K extends readonly string[]>(...keys: K & CheckedOrdering<T, K>): QuerySet<T> {
    return this.with({ order: keys.map((key) => orderOf(this.names, key)) });
  }

  /** Turns the order around; without one, that of the keys. */
  reverse(): QuerySet<T> {
    const order = sortOrder(this.model, this.state);
    const given = order.length > 0 ? order : keyOrder(this.definition);
    return this.with({ order: given.map(reversedOrder) });
  }

  /** No rows at all: the neutral start where a condition may turn out to allow nothing. */
  none(): QuerySet<T> {
    return this.with({ where: NOTHING });
  }

  limit(count: number): QuerySet<T> {
    return this.with({ limit: this.checkedCount('limit', count) });
  }

  offset(count: number): QuerySet<T> {
    return this.with({ offset: this.checkedCount('offset', count) });
  }

  /** Removes duplicates; of use with {@link values}, since rows of a model never repeat. */
  distinct(): QuerySet<T> {
    return this.with({ distinct: true });
  }

  /** Loads only these columns (and the key and version); the others are absent from the instances. */
  only(...names: ColumnName<T>[]): QuerySet<T> {
    return this.with({ columns: names.map((name) => columnPath(this.names, name).field) });
  }

  /** Loads all columns but these. */
  defer(...names: ColumnName<T>[]): QuerySet<T> {
    const deferred = new Set(names.map((name) => columnPath(this.names, name).field));
    const kept = ownColumns(this.model).map(({ field }) => field);
    return this.with({ columns: kept.filter((field) => !deferred.has(field)) });
  }

  /** Loads related rows by the same statement, for relations to one row (`author`, `author__country`). */
  selectRelated<const K extends readonly string[]>(...paths: K & CheckedRelations<T, K>): QuerySet<T> {
    const joined = paths.flatMap((key) => {
      const { path, field } = columnPath(this.names, key);
      if (!field.relation) throw new InvalidLookupError(this.model.name, key, `"${key}" is not a relation to one row.`);
      const whole = [...path, field];
      return whole.map((_, index) => whole.slice(0, index + 1));
    });
    return this.with({ joined: [...this.state.joined, ...joined] });
  }

  /** Loads related rows of any kind, by one further statement per relation (`comments`, `comments__author`). */
  prefetchRelated(...names: (RelationName<T> | `${RelationName<T>}__${string}`)[]): QuerySet<T> {
    return this.with({
      prefetched: [...this.state.prefetched, ...names.map((name) => relationPath(this.model, name))],
    });
  }

  /**
   * Uses the given EntityManager, and its transaction, instead of that of the work in hand; or the rows on the connection
   * of that name. `'primary'` asks no replica.
   */
  using(target: SqlEntityManager | string): QuerySet<T> {
    if (target === PRIMARY) return this.with({ primary: true });
    if (typeof target === 'string') return this.with({ connection: target, em: undefined });
    if (!types.isProxy(target) && target instanceof SqlEntityManager)
      return this.with({ em: target, connection: undefined });
    throw new InvalidLookupError(
      this.model.name,
      'using',
      'using() takes an EntityManager or the name of a connection.',
    );
  }

  /**
   * Reads values made of related rows along with each row (`{ commentsCount: Count('comments') }`), by a subquery each,
   * so that rows never multiply. Their names may be used in what follows: filters, orders, plain rows.
   */
  annotate<const S extends Aggregates>(aggregates: S & CheckedAnnotations<T, S>): QuerySet<T & Annotations<T, S>> {
    const given = givenRecord(this.asked('annotate'), aggregates) as Aggregates;
    const added = Object.entries(given).map(
      ([name, aggregate]) => [name, resolveAnnotation(this.names, name, aggregate)] as const,
    );
    const annotations = new Map([...this.state.annotations, ...added]);
    return this.with({ annotations }) as QuerySet<T & Annotations<T, S>>;
  }

  /** Finds rows that are soft-deleted, too. */
  withDeleted(this: T extends SoftDeletable ? QueryBuilding<T> : never): QuerySet<T>;
  withDeleted(): QuerySet<T> {
    return this.withDeletion('withDeleted', 'with');
  }

  /** Finds only rows that are soft-deleted. */
  onlyDeleted(this: T extends SoftDeletable ? QueryBuilding<T> : never): QuerySet<T>;
  onlyDeleted(): QuerySet<T> {
    return this.withDeletion('onlyDeleted', 'only');
  }

  /**
   * Locks the rows that are read until the transaction ends, so that nobody changes them in between. On servers by
   * row; a transaction on SQLite holds the only write lock anyway, and PGlite has one connection. Joined rows are not
   * locked, except on MariaDB, which cannot leave them out.
   *
   * @throws NoTransactionError when it is asked outside of `atomic`.
   * @throws RowLockedError when a row is locked and `noWait` is set.
   */
  selectForUpdate(options?: LockOptions): QuerySet<T> {
    const { skipLocked = false, noWait = false } = givenOptions(this.asked('selectForUpdate'), options);
    if (skipLocked && noWait) {
      throw new InvalidLookupError(
        this.model.name,
        'selectForUpdate',
        'selectForUpdate() was given both skipLocked and noWait.',
        'Choose one.',
      );
    }
    return this.with({ lock: skipLocked ? 'skip' : noWait ? 'refuse' : 'wait' });
  }

  /** What an error says of the method that was called in a wrong way. */
  protected asked(what: string): { readonly model: string; readonly what: string } {
    return { model: this.model.name, what };
  }

  protected abstract derive(state: QueryState): QuerySet<T>;

  protected with(change: Partial<QueryState>): QuerySet<T> {
    return this.derive({ ...this.state, ...change });
  }

  protected get names(): QueryNames {
    return { model: this.model, annotations: this.state.annotations };
  }

  protected withDeletion(method: string, deleted: QueryState['deleted']): QuerySet<T> {
    if (this.definition.deletedField) return this.with({ deleted });
    throw new InvalidLookupError(
      this.model.name,
      method,
      `${method}() was asked of a model that is not soft-deleted.`,
      'Let the model extend SoftDelete(BaseModel).',
    );
  }

  protected and(condition: Condition): QuerySet<T> {
    this.refuseSlice('filter');
    const { where } = this.state;
    return this.with({ where: where ? { kind: 'and', parts: [where, condition] } : condition });
  }

  #conditionOf(condition: DynamicLookups | Clause<unknown>): Condition {
    return isClause(condition)
      ? condition.conditionFor(this.model, this.names)
      : conditionOf(this.model, condition, this.names);
  }

  protected checkedCount(what: string, count: number): number {
    if (Number.isSafeInteger(count) && count >= 0) return count;
    throw new InvalidLookupError(this.model.name, what, `${what} takes a whole number from 0 on.`);
  }

  /** A condition added after a limit would change which rows the limit cuts off. */
  protected refuseSlice(what: string): void {
    const { limit, offset } = this.state;
    if (limit === undefined && offset === undefined) return;
    throw new InvalidLookupError(
      this.model.name,
      what,
      `${what}() cannot follow limit() or offset().`,
      `Call ${what}() first.`,
    );
  }
}
