import type { Collection } from '@mikro-orm/core';
import type { Aggregate, AggregateKind, Aggregates } from './aggregate.js';
import type { CheckedClause } from './q.js';
import type { FieldName, Related, SingleValue } from './lookup-types.js';

/** What the compiler shows when an aggregate does not fit. */
interface UnfitAggregate<N extends string> {
  readonly 'nothing that can be aggregated so': N;
}

/** A row as such, which can only be counted. */
interface WholeRow {
  readonly row: true;
}

/** Type of the values behind a path through one relation to many rows: `comments`, `comments__likes`. */
type ManyValue<T, K extends string> =
  K extends FieldName<T>
    ? [NonNullable<T[K]>] extends [Collection<object>]
      ? WholeRow
      : never
    : K extends `${infer Head}__${infer Rest}`
      ? Head extends FieldName<T>
        ? [Related<T[Head]>] extends [never]
          ? never
          : [NonNullable<T[Head]>] extends [Collection<object>]
            ? SingleValue<Related<T[Head]>, Rest>
            : ManyValue<Related<T[Head]>, Rest>
        : never
      : never;

/** Decimals are texts in code; which texts are numbers is only known at run time. */
type Summable = number | bigint | string | null | undefined;
type Orderable = Summable | Date;

type Takes<Kind extends AggregateKind, V> = [V] extends [never]
  ? false
  : Kind extends 'count'
    ? true
    : [V] extends [Kind extends 'min' | 'max' ? Orderable : Summable]
      ? true
      : false;

/** Checks the aggregates of `aggregate`, which speak of the query's own rows. */
export type CheckedAggregates<T, S> = {
  readonly [P in keyof S]: S[P] extends Aggregate<infer Kind, infer N, infer W>
    ? (N extends '' ? true : Takes<Kind, SingleValue<T, N>>) extends true
      ? unknown extends CheckedClause<T, W>
        ? S[P]
        : CheckedClause<T, W>
      : UnfitAggregate<N>
    : Aggregate;
};

/** Checks the aggregates of `annotate`, which speak of the rows that a relation leads to. */
export type CheckedAnnotations<T, S> = {
  readonly [P in keyof S]: P extends FieldName<T>
    ? { readonly 'a field of the model already': P }
    : S[P] extends Aggregate<infer Kind, infer N, infer W>
      ? Takes<Kind, ManyValue<T, N>> extends true
        ? [W] extends [never]
          ? S[P]
          : { readonly 'takes no filter': P }
        : UnfitAggregate<N>
      : Aggregate;
};

type Value<Kind extends AggregateKind, V> = Kind extends 'count'
  ? number
  : Kind extends 'avg'
    ? [NonNullable<V>] extends [string]
      ? string | null
      : number | null
    : NonNullable<V> | null;

/** What `aggregate` answers. */
export type AggregateValues<T, S extends Aggregates> = {
  readonly [P in keyof S]: S[P] extends Aggregate<infer Kind, infer N> ? Value<Kind, SingleValue<T, N>> : never;
};

/** What `annotate` adds to each row. */
export type Annotations<T, S extends Aggregates> = {
  readonly [P in keyof S]: S[P] extends Aggregate<infer Kind, infer N> ? Value<Kind, ManyValue<T, N>> : never;
};
