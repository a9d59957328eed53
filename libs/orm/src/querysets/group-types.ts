import type { DatePart } from './date-part.js';
import type { CheckedLookups, ColumnPath, PathValue, SingleValue } from './lookup-types.js';

/** What the compiler shows when rows cannot be grouped so. */
interface UnfitGroup<K> {
  readonly 'nothing that rows can be grouped by': K;
}

/** The column before a part of a date (`createdAt__year`), unless a field is called so. */
type Dated<T, K extends string> = K extends `${infer Path}__${DatePart}`
  ? ColumnPath<T, K> extends true
    ? never
    : NonNullable<SingleValue<T, Path>> extends Date
      ? Path
      : never
  : never;

/** Checks a list of group keys: columns (`author`, `author__country`) and parts of times (`createdAt__year`). */
export type CheckedGroupKeys<T, K extends readonly string[]> = {
  readonly [I in keyof K]: ColumnPath<T, K[I]> extends true
    ? K[I]
    : [Dated<T, K[I]>] extends [never]
      ? UnfitGroup<K[I]>
      : K[I];
};

type GroupValue<T, K extends string> =
  ColumnPath<T, K> extends true
    ? PathValue<T, K>
    : (K extends `${string}__date` ? string : number) | Extract<SingleValue<T, Dated<T, K>>, null>;

/** The part of a group's row that says which group it is. */
export type GroupRow<T, K extends string> = { readonly [P in K]: GroupValue<T, P> };

/** Names that groups can be sorted by. */
export type GroupOrder<R> = (keyof R & string) | `-${keyof R & string}`;

/** Checks conditions on groups, which speak of their aggregates only. */
export type CheckedGroupLookups<A, W> = CheckedLookups<A, W>;
