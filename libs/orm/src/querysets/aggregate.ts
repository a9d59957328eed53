import type { Clause } from './q.js';

/** What is made of the values of several rows. */
export type AggregateKind = 'count' | 'sum' | 'avg' | 'min' | 'max';

/** Options of {@link Sum}, {@link Avg}, {@link Min} and {@link Max}. */
export interface AggregateOptions<W = never> {
  /** The rows that are taken into account, for `aggregate` and groups. @defaultValue all */
  readonly filter?: Clause<W>;
}

/** Options of {@link Count}. */
export interface CountOptions<W = never> extends AggregateOptions<W> {
  /** Whether equal values count once. @defaultValue false */
  readonly distinct?: boolean;
}

/**
 * One value made of several rows: made by {@link Count}, {@link Sum}, {@link Avg}, {@link Min} and {@link Max}. `W` are
 * the lookups of its condition, for the compiler.
 */
export class Aggregate<K extends AggregateKind = AggregateKind, N extends string = string, W = unknown> {
  declare readonly lookups: W;

  constructor(
    readonly kind: K,
    /** Path of the column; empty when rows themselves are counted. */
    readonly key: N,
    readonly distinct = false,
    /** The rows that are taken into account; all when absent. */
    readonly filter?: Clause<unknown>,
  ) {}
}

/** Aggregates by the name under which their value is answered. */
export type Aggregates = Readonly<Record<string, Aggregate>>;

/** Number of rows; of a column, number of rows in which it is not empty; of a relation to many rows, number of those. */
export function Count<W = never>(options?: CountOptions<W>): Aggregate<'count', '', W>;
export function Count<const N extends string, W = never>(
  column: N,
  options?: CountOptions<W>,
): Aggregate<'count', N, W>;
export function Count(
  column: string | CountOptions<unknown> = '',
  options: CountOptions<unknown> = {},
): Aggregate<'count'> {
  const [key, { distinct, filter }] = typeof column === 'string' ? [column, options] : ['', column];
  return new Aggregate('count', key, distinct, filter);
}

/** Sum of a column of numbers; `null` for no rows. Decimals stay texts, big integers `bigint`. */
export function Sum<const N extends string, W = never>(
  column: N,
  { filter }: AggregateOptions<W> = {},
): Aggregate<'sum', N, W> {
  return new Aggregate('sum', column, false, filter);
}

/** Mean of a column of numbers; `null` for no rows. That of decimals is a text, rounded to the column's scale. */
export function Avg<const N extends string, W = never>(
  column: N,
  { filter }: AggregateOptions<W> = {},
): Aggregate<'avg', N, W> {
  return new Aggregate('avg', column, false, filter);
}

/** Least value of a column; `null` for no rows. */
export function Min<const N extends string, W = never>(
  column: N,
  { filter }: AggregateOptions<W> = {},
): Aggregate<'min', N, W> {
  return new Aggregate('min', column, false, filter);
}

/** Greatest value of a column; `null` for no rows. */
export function Max<const N extends string, W = never>(
  column: N,
  { filter }: AggregateOptions<W> = {},
): Aggregate<'max', N, W> {
  return new Aggregate('max', column, false, filter);
}
