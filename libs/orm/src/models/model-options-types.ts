import type { CheckedOrdering, ColumnName } from '../querysets/lookup-types.js';
import type { CheckedClause, Clause } from '../querysets/q.js';
import type { ModelOptions } from './model.decorator.js';

/** What the compiler shows when options of `@Model` name something that the class does not have. */
interface UnknownNames<N> {
  readonly 'no such fields or options': N;
}

type NamesOf<S> = S extends readonly (infer N)[] ? N : S extends { readonly fields: readonly (infer N)[] } ? N : never;

type IndexedNames<O extends ModelOptions> =
  NamesOf<NonNullable<O['unique']>[number]> | NamesOf<NonNullable<O['indexes']>[number]>;

/** Names that are no columns; those only known at run time are checked then. */
type UnknownColumns<T, N> = N extends string ? (string extends N ? never : N extends ColumnName<T> ? never : N) : never;

type UnknownOrder<T, K> = K extends readonly string[] ? (K extends CheckedOrdering<T, K> ? never : K[number]) : never;

type PartOf<S> = S extends { readonly where: infer C } ? C : never;

type Clauses<O extends ModelOptions> =
  | NonNullable<O['checks']>[keyof NonNullable<O['checks']>]
  | PartOf<NonNullable<O['unique']>[number]>
  | PartOf<NonNullable<O['indexes']>[number]>;

type UnknownClauses<T, C> =
  C extends Clause<infer W> ? (unknown extends W ? never : unknown extends CheckedClause<T, W> ? never : W) : never;

/** Options that are none; a type parameter lets them pass. */
type UnknownOptions<O> = Exclude<keyof O, keyof ModelOptions>;

type Unknown<T, O extends ModelOptions> =
  | UnknownOptions<O>
  | UnknownColumns<T, IndexedNames<O> | NamesOf<O['primaryKey']>>
  | UnknownOrder<T, O['ordering']>
  | UnknownClauses<T, Clauses<O>>;

/** Checks the options of `@Model` against the class that they stand on. */
export type FittingOptions<T, O extends ModelOptions> = [Unknown<T, O>] extends [never]
  ? unknown
  : UnknownNames<Unknown<T, O>>;
