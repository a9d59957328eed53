import type { QuerySet } from '@core-framework/orm';
import type { ActionContext } from '../pipeline/action-context.js';
import {
  choiceValue,
  FILTER_VALUES,
  type FilterKind,
  type FilterValues,
  type FilterValueType,
} from './filter-value.js';

/** Narrows the rows of a list by the value of a parameter. */
export type FilterFunction<T extends object, V> = (
  rows: QuerySet<T>,
  value: V,
  context: ActionContext<T>,
) => QuerySet<T> | Promise<QuerySet<T>>;

/** A filter of the application's own; made by {@link BooleanFilter} and its like. */
export class CustomFilter<T extends object> {
  /** @internal */
  constructor(
    readonly value: FilterValueType,
    readonly apply: (
      rows: QuerySet<T>,
      value: never,
      context: ActionContext<T>,
    ) => ReturnType<FilterFunction<T, never>>,
  ) {}
}

/**
 * Makes a query parameter that takes `true` or `false`.
 *
 * @example
 * filters: { popular: BooleanFilter((posts: QuerySet<Post>, value) => posts.filter({ viewsCount__gte: value ? 100 : 0 })) }
 */
export const BooleanFilter = filterOf('boolean');

/** Makes a query parameter that takes a whole number, of those that `Field.integer` holds; larger ones come as texts. */
export const IntegerFilter = filterOf('integer');

/** Makes a query parameter that takes a number. */
export const NumberFilter = filterOf('number');

/** Makes a query parameter that takes a text. */
export const TextFilter = filterOf('text');

/** Makes a query parameter that takes a day (`2026-11-21`), which stays a text. */
export const DateFilter = filterOf('date');

/** Makes a query parameter that takes a time with its zone (`2026-11-21T10:00:00Z`). */
export const DateTimeFilter = filterOf('datetime');

/** Makes a query parameter that takes a UUID. */
export const UuidFilter = filterOf('uuid');

/** Makes a query parameter that takes one of the given texts. */
export function ChoiceFilter<T extends object, const C extends string>(
  choices: readonly C[],
  apply: FilterFunction<T, C>,
): CustomFilter<T> {
  return new CustomFilter<T>(choiceValue(choices), apply);
}

function filterOf<K extends FilterKind>(kind: K) {
  return <T extends object>(apply: FilterFunction<T, FilterValues[K]>): CustomFilter<T> =>
    new CustomFilter<T>(FILTER_VALUES[kind], apply);
}
