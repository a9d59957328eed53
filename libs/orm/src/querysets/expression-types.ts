import type { Computation, Expression } from './expression.js';
import type { ColumnName, NewRow, OtherLookup, PathValue, SingleValue } from './lookup-types.js';

/** What the compiler shows when an expression does not fit where it stands. */
interface UnfitExpression<N> {
  readonly 'no columns of a fitting type': N;
}

type Filled<V> = NonNullable<V> extends boolean ? boolean : NonNullable<V>;

/** The columns among `N` that do not hold values of the type `V`. */
type UnfitColumns<T, N extends string, V> = N extends string
  ? [SingleValue<T, N>] extends [never]
    ? N
    : Filled<SingleValue<T, N>> extends V
      ? never
      : N
  : never;

type NumberOf<V> = Extract<V, number> extends never ? Extract<V, bigint> : number;

/** `E` if it is of the type `V`: a column of that type, or a computation of nothing but such numbers. */
type Fitting<T, E, N extends string, O, V> =
  E extends Computation<N, O>
    ? [NumberOf<V>] extends [never]
      ? UnfitExpression<N>
      : [O] extends [NumberOf<V>]
        ? [UnfitColumns<T, N, NumberOf<V>>] extends [never]
          ? E
          : UnfitExpression<N>
        : UnfitExpression<N>
    : [UnfitColumns<T, N, NonNullable<V>>] extends [never]
      ? E
      : UnfitExpression<N>;

/** Checks an expression that a lookup `K` compares with, whose values have the type `V`. */
export type ComparedExpression<T, K extends string, V, E> = K extends OtherLookup
  ? V
  : E extends Expression<infer N, infer O>
    ? Fitting<T, E, N, O, V>
    : V;

/** Checks what columns are set to: values, or expressions of the row's own columns. */
export type CheckedChanges<T, C> = {
  readonly [K in keyof C]: K extends ColumnName<T>
    ? C[K] extends Expression<infer N, infer O>
      ? [N] extends [ColumnName<T>]
        ? Fitting<T, C[K], N, O, NonNullable<PathValue<T, K>>>
        : UnfitExpression<N>
      : NewRow<T>[K]
    : { readonly 'no such column': K };
};

/** What `update` takes before its values are checked one by one. */
export type Changes<T> = { readonly [K in ColumnName<T>]?: NewRow<T>[K] | Expression };
