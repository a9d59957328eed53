import { types } from 'node:util';

/** What two operands of a computation are combined by. */
export type Operator = 'plus' | 'minus' | 'times' | 'dividedBy';

/** A number, as it stands in a computation. */
export type NumberOperand = number | bigint;

/** How an expression is made up; names are only resolved where the model is known. */
export type ExpressionParts =
  | { readonly kind: 'column'; readonly key: string }
  | { readonly kind: 'number'; readonly value: NumberOperand }
  | {
      readonly kind: 'computation';
      readonly operator: Operator;
      readonly left: ExpressionParts;
      readonly right: ExpressionParts;
    };

/**
 * A column, or a number that the database computes of columns; made by {@link F}. The type parameters are for the
 * compiler, which checks them where the model is known: the columns in it, and the types of its numbers.
 */
export class Expression<N extends string = string, O = unknown> {
  declare readonly columns: N;
  declare readonly numbers: O;

  constructor(readonly parts: ExpressionParts) {}

  plus<V extends NumberOperand>(value: V): Computation<N, O | Widened<V>>;
  plus<M extends string, P>(value: Expression<M, P>): Computation<N | M, O | P>;
  plus(value: NumberOperand | Expression): Computation<string, unknown> {
    return this.#combine('plus', value);
  }

  minus<V extends NumberOperand>(value: V): Computation<N, O | Widened<V>>;
  minus<M extends string, P>(value: Expression<M, P>): Computation<N | M, O | P>;
  minus(value: NumberOperand | Expression): Computation<string, unknown> {
    return this.#combine('minus', value);
  }

  times<V extends NumberOperand>(value: V): Computation<N, O | Widened<V>>;
  times<M extends string, P>(value: Expression<M, P>): Computation<N | M, O | P>;
  times(value: NumberOperand | Expression): Computation<string, unknown> {
    return this.#combine('times', value);
  }

  /** Whole numbers divided by whole numbers lose their fraction; what is divided by a column that holds 0 is `null`. */
  dividedBy<V extends NumberOperand>(value: V): Computation<N, O | Widened<V>>;
  dividedBy<M extends string, P>(value: Expression<M, P>): Computation<N | M, O | P>;
  dividedBy(value: NumberOperand | Expression): Computation<string, unknown> {
    return this.#combine('dividedBy', value);
  }

  #combine(operator: Operator, value: NumberOperand | Expression): Computation<string, unknown> {
    const right: ExpressionParts = isExpression(value) ? value.parts : { kind: 'number', value };
    return new Computation({ kind: 'computation', operator, left: this.parts, right });
  }
}

/** Whether something was made by {@link F}. */
export function isExpression(value: unknown): value is Expression {
  return !types.isProxy(value) && value instanceof Expression;
}

/** A number that the database computes. */
export class Computation<N extends string = string, O = unknown> extends Expression<N, O> {
  /** For the compiler: a computation is a number, whatever its columns are. */
  declare readonly computed: true;
}

type Widened<V> = V extends number ? number : bigint;

/**
 * A column's own value, for `update` and as the value of a lookup: the database reads it while it works, so that
 * changes of others in between are not lost.
 *
 * @example
 * ```ts
 * await posts.filter({ id }).update({ viewsCount: F('viewsCount').plus(1) });
 * await posts.filter({ updatedAt__gt: F('createdAt') }).count();
 * ```
 */
export function F<const N extends string>(column: N): Expression<N, never> {
  return new Expression({ kind: 'column', key: column });
}
