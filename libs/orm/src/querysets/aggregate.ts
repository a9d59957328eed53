/** What is made of the values of several rows. */
export type AggregateKind = 'count' | 'sum' | 'avg' | 'min' | 'max';

/** Options of {@link Count}. */
export interface CountOptions {
  /** Whether equal values count once. @defaultValue false */
  readonly distinct?: boolean;
}

/** One value made of several rows: made by {@link Count}, {@link Sum}, {@link Avg}, {@link Min} and {@link Max}. */
export class Aggregate<K extends AggregateKind = AggregateKind, N extends string = string> {
  constructor(
    readonly kind: K,
    /** Path of the column; empty when rows themselves are counted. */
    readonly key: N,
    readonly distinct = false,
  ) {}
}

/** Aggregates by the name under which their value is answered. */
export type Aggregates = Readonly<Record<string, Aggregate>>;

/** Number of rows; of a column, number of rows in which it is not empty; of a relation to many rows, number of those. */
export function Count(): Aggregate<'count', ''>;
export function Count<const N extends string>(column: N, options?: CountOptions): Aggregate<'count', N>;
export function Count(column = '', { distinct = false }: CountOptions = {}): Aggregate<'count'> {
  return new Aggregate('count', column, distinct);
}

/** Sum of a column of numbers; `null` for no rows. Decimals stay texts, big integers `bigint`. */
export function Sum<const N extends string>(column: N): Aggregate<'sum', N> {
  return new Aggregate('sum', column);
}

/** Mean of a column of numbers; `null` for no rows. That of decimals is a text, rounded to the column's scale. */
export function Avg<const N extends string>(column: N): Aggregate<'avg', N> {
  return new Aggregate('avg', column);
}

/** Least value of a column; `null` for no rows. */
export function Min<const N extends string>(column: N): Aggregate<'min', N> {
  return new Aggregate('min', column);
}

/** Greatest value of a column; `null` for no rows. */
export function Max<const N extends string>(column: N): Aggregate<'max', N> {
  return new Aggregate('max', column);
}
