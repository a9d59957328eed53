import { DoesNotExistError, InvalidLookupError, MultipleObjectsReturnedError } from '../errors/orm.errors.js';
import type { Aggregates } from './aggregate.js';
import type { AggregateValues, CheckedAggregates } from './aggregate-types.js';
import { resolveAggregates } from './aggregate-columns.js';
import type { DynamicLookups } from './condition.js';
import type { CheckedColumns, CheckedLookups, CheckedOrdering, KeyOf, PathValue, PlainRow } from './lookup-types.js';
import { givenList, givenOptions } from './given-arguments.js';
import { QueryBuilding } from './query-building.js';
import { GroupedQuery, groupKeyOf } from './grouped-query.js';
import type { CheckedGroupKeys, GroupRow } from './group-types.js';
import { pagesOf } from './query-pages.js';
import { QueryRunner } from './query-runner.js';
import {
  type ColumnPath,
  columnPaths,
  keyOrder,
  type Order,
  orderOf,
  ownColumns,
  reversedOrder,
  sortOrder,
} from './query-state.js';

/** What `rows` reads, and in which form. */
export interface RowOptions {
  /** Columns to read, as paths (`title`, `author__name`). @defaultValue all columns of the model */
  readonly columns?: readonly string[];
  /** Whether values have the form that goes into JSON: times and big integers as texts. @defaultValue false */
  readonly json?: boolean;
}

/** Options of `estimatedCount`. */
export interface EstimateOptions {
  /** Tables that seem to have fewer rows than this are counted. @defaultValue 10000 */
  readonly exactBelow?: number;
}

/** Options of `iterate`. */
export interface IterateOptions {
  /** How many rows are read at a time. @defaultValue 1000 */
  readonly pageSize?: number;
}

/** The part of a {@link QuerySet} that asks the database. */
export abstract class QueryReading<T extends object> extends QueryBuilding<T> {
  async all(): Promise<T[]> {
    return this.runner().instances();
  }

  /** The first row in order; by key when no order is given. */
  async first(): Promise<T | null> {
    const { limit = 1 } = this.state;
    const [row] = await this.with({ order: this.#decidedOrder(), limit: Math.min(limit, 1) }).all();
    return row ?? null;
  }

  /** The last row in order; by key when no order is given. */
  async last(): Promise<T | null> {
    this.refuseSlice('last');
    return this.with({ order: this.#decidedOrder().map(reversedOrder) }).first();
  }

  /**
   * The row with the least value of a column, of those that have one.
   *
   * @throws DoesNotExistError when there is none.
   */
  async earliest<const K extends readonly [string]>(...column: K & CheckedOrdering<T, K>): Promise<T> {
    return this.#extreme('earliest', column[0]);
  }

  /**
   * The row with the greatest value of a column, of those that have one.
   *
   * @throws DoesNotExistError when there is none.
   */
  async latest<const K extends readonly [string]>(...column: K & CheckedOrdering<T, K>): Promise<T> {
    return this.#extreme('latest', column[0]);
  }

  /** The matching rows among those with the given keys, by key. @throws CompositeKeyError for a key of several fields. */
  async inBulk(keys: readonly KeyOf<T>[]): Promise<Map<KeyOf<T>, T>> {
    const { name } = this.definition.primaryKey;
    givenList(this.asked('inBulk'), keys);
    const rows = await this.where({ [`${name}__in`]: keys }).all();
    return new Map(rows.map((row) => [Reflect.get(row, name) as KeyOf<T>, row]));
  }

  /**
   * The one row that matches.
   *
   * @throws DoesNotExistError when there is none.
   * @throws MultipleObjectsReturnedError when there are several.
   */
  async get(): Promise<T>;
  async get<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<T>;
  async get(...lookups: readonly DynamicLookups[]): Promise<T> {
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
  async getOrNull(...lookups: readonly DynamicLookups[]): Promise<T | null> {
    return this.#single(lookups);
  }

  async count(): Promise<number> {
    return this.runner().count();
  }

  /**
   * How many rows match, about: PostgreSQL is asked for what it remembers of the whole table, where that is meant and not
   * small; in all other cases rows are counted.
   */
  async estimatedCount(options?: EstimateOptions): Promise<number> {
    const { exactBelow = 10_000 } = givenOptions(this.asked('estimatedCount'), options);
    const estimate = await this.runner().estimate();
    return estimate === undefined || estimate < exactBelow ? this.count() : Math.round(estimate);
  }

  async exists(): Promise<boolean> {
    return this.runner().exists();
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

  /** The values of one column, in the order of the rows. */
  async pluck<const K extends readonly [string]>(
    ...column: K & CheckedColumns<T, K>
  ): Promise<PathValue<T, K[0] & string>[]> {
    const [name] = column as readonly [string];
    const rows = await this.rows({ columns: [name] });
    return rows.map((row) => row[name] as PathValue<T, K[0] & string>);
  }

  /** Like {@link values}, for rows on their way to JSON. */
  async rows(options?: RowOptions): Promise<Record<string, unknown>[]> {
    const { columns, json = false } = givenOptions(this.asked('rows'), options);
    return this.runner().plainRows(this.paths(columns), json);
  }

  /**
   * Values made of all matching rows (`{ total: Count(), views: Sum('viewsCount') }`), by one statement.
   */
  async aggregate<const S extends Aggregates>(aggregates: S & CheckedAggregates<T, S>): Promise<AggregateValues<T, S>> {
    this.refuseSlice('aggregate');
    const columns = resolveAggregates(this.names, aggregates);
    if (columns.length === 0)
      throw new InvalidLookupError(this.model.name, 'aggregate', 'aggregate() was given nothing.');
    return (await this.runner().aggregates(columns)) as AggregateValues<T, S>;
  }

  /**
   * Groups matching rows by columns and parts of times (`author`, `createdAt__year`); aggregates are added by
   * `annotate`, whose names `filter` and `orderBy` then know.
   *
   * @example
   * ```ts
   * await posts.groupBy('author').annotate({ n: Count() }).filter({ n__gt: 5 }).orderBy('-n').all();
   * ```
   */
  groupBy<const K extends readonly string[]>(
    ...keys: K & CheckedGroupKeys<T, K>
  ): GroupedQuery<T, GroupRow<T, K[number]>> {
    this.refuseSlice('groupBy');
    const groupKeys = (keys as readonly string[]).map((key) => groupKeyOf(this.names, key));
    if (groupKeys.length === 0)
      throw new InvalidLookupError(this.model.name, 'groupBy', 'groupBy() was given nothing.');
    return new GroupedQuery(this.model, this.state, { keys: groupKeys, aggregates: [], order: [] });
  }

  /**
   * All matching rows one after the other, in the order of their keys, read by pages that are forgotten again: of use
   * where they are too many to hold. Rows that are added or change meanwhile may be met or missed.
   */
  async *iterate(options?: IterateOptions): AsyncGenerator<T, void, undefined> {
    const { pageSize = 1000 } = givenOptions(this.asked('iterate'), options);
    this.refuseSlice('iterate');
    if (this.state.order.length > 0) {
      throw new InvalidLookupError(this.model.name, 'iterate', 'iterate() has its own order.', 'Leave out orderBy().');
    }
    if (!Number.isSafeInteger(pageSize) || pageSize < 1) {
      throw new InvalidLookupError(this.model.name, 'pageSize', 'pageSize takes a whole number from 1 on.');
    }
    for await (const page of pagesOf(this.model, this.state, pageSize)) {
      // Not by yield*, which waits three times for each row.
      for (const row of page) yield row;
    }
  }

  /** The SQL that {@link all} would send, with the values beside it. */
  toSql(): { readonly sql: string; readonly parameters: readonly unknown[] } {
    return this.runner().sql();
  }

  /** How the database would read the rows, in its own words, one line a step. */
  async explain(): Promise<string> {
    return (await this.runner().plan()).join('\n');
  }

  protected runner(): QueryRunner<T> {
    return new QueryRunner(this.model, this.state);
  }

  /** The columns of those names; those of the query itself when none are named. */
  protected paths(names: readonly string[] | undefined): readonly ColumnPath[] {
    return names === undefined ? this.#ownPaths() : columnPaths(this.names, names);
  }

  #ownPaths(): readonly ColumnPath[] {
    const { annotations, columns } = this.state;
    const own = ownColumns(this.model, columns);
    return annotations.size > 0 ? [...own, ...annotations.values()] : own;
  }

  /** The order, with the key at its end where it would leave something open. */
  #decidedOrder(): readonly Order[] {
    const order = sortOrder(this.model, this.state);
    const sorted = (key: Order) => order.some(({ path, field }) => path.length === 0 && field === key.field);
    return [...order, ...keyOrder(this.definition).filter((key) => !sorted(key))];
  }

  async #extreme(method: 'earliest' | 'latest', column: string): Promise<T> {
    this.refuseSlice(method);
    const order = orderOf(this.names, column);
    if (order.descending) {
      throw new InvalidLookupError(this.model.name, column, `${method}() takes a column, not an order.`);
    }
    const filled = this.where({ [`${column}__isnull`]: false });
    const chosen = [order, ...keyOrder(this.definition)];
    const row = await filled.with({ order: method === 'latest' ? chosen.map(reversedOrder) : chosen }).first();
    if (row) return row;
    throw new DoesNotExistError(this.model.name);
  }

  /** Lookups that were given, but are `undefined`, are wrong ones: all rows are not meant. */
  async #single(lookups: readonly DynamicLookups[]): Promise<T | null> {
    const found = lookups.length > 0 ? this.where(lookups[0] as DynamicLookups) : this;
    const rows = await (this.state.limit === undefined ? found.limit(2) : found).all();
    if (rows.length > 1) throw new MultipleObjectsReturnedError(this.model.name);
    return rows[0] ?? null;
  }
}
