import { types } from 'node:util';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { type Condition, conditionOf, type DynamicLookups } from './condition.js';
import type { CheckedLookups } from './lookup-types.js';
import type { QueryNames } from './query-state.js';

type Build = (model: ModelClass, names?: QueryNames) => Condition;

/** A condition that can be combined; made by {@link Q}. */
export class Clause<W = DynamicLookups> {
  /** The lookups in it, for the compiler only: they are checked where the model is known. */
  declare readonly lookups: W;
  readonly #build: Build;

  constructor(build: Build) {
    this.#build = build;
  }

  /** Both hold. */
  and<V>(other: Clause<V>): Clause<W | V> {
    return new Clause((...given) => ({ kind: 'and', parts: [this.#build(...given), conditionFrom(other, ...given)] }));
  }

  /** At least one holds. */
  or<V>(other: Clause<V>): Clause<W | V> {
    return new Clause((...given) => ({ kind: 'or', parts: [this.#build(...given), conditionFrom(other, ...given)] }));
  }

  /** It does not hold; rows for which it cannot be told (empty columns) count as not matching it. */
  not(): Clause<W> {
    return new Clause((...given) => ({ kind: 'not', part: this.#build(...given) }));
  }

  conditionFor(model: ModelClass, names?: QueryNames): Condition {
    return this.#build(model, names);
  }
}

/** Whether something was made by {@link Q}. */
export function isClause(value: unknown): value is Clause<unknown> {
  return !types.isProxy(value) && value instanceof Clause;
}

/** @throws InvalidLookupError for something that {@link Q} did not make. */
export function conditionFrom(clause: unknown, model: ModelClass, names?: QueryNames): Condition {
  if (isClause(clause)) return clause.conditionFor(model, names);
  throw new InvalidLookupError(model.name, 'Q', 'a condition is combined with something that Q(…) did not make.');
}

/** The lookups among those of a clause that the model does not know. */
type WrongLookups<T, W> = W extends unknown
  ? string extends keyof W
    ? never
    : W extends CheckedLookups<T, W>
      ? never
      : W
  : never;

/** Checks all lookups of a {@link Clause} against the model; keys that are only known at run time are checked then. */
export type CheckedClause<T, W> = [WrongLookups<T, W>] extends [never]
  ? unknown
  : { readonly 'no such fields or lookups': CheckedLookups<T, WrongLookups<T, W>> };

/**
 * Makes a condition to combine with others.
 *
 * @example
 * ```ts
 * posts.filter(Q({ isPublished: true }).or(Q({ author: me })))
 * ```
 */
export function Q<const W extends DynamicLookups>(lookups: W): Clause<W> {
  return new Clause((model, names) => conditionOf(model, lookups, names));
}
