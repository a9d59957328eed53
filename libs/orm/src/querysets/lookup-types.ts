import type { Collection, Reference } from '@mikro-orm/core';
import type { SoftDeletable } from '../models/soft-delete.js';
import type { Expression } from './expression.js';
import type { ComparedExpression } from './expression-types.js';

/** The row type behind a relation as a property declares it: `Ref<User>`, `Collection<Comment>` or `User` itself. */
export type Related<V> = [NonNullable<V>] extends [Collection<infer T extends object>]
  ? T
  : [NonNullable<V>] extends [Reference<infer T extends object>]
    ? T
    : [NonNullable<V>] extends [Scalar | readonly unknown[]]
      ? never
      : NonNullable<V> extends object
        ? NonNullable<V>
        : never;

type Scalar = string | number | bigint | boolean | Date;

/** Names of the properties of a row that are fields, not methods. */
export type FieldName<T> = Exclude<
  {
    [K in keyof T]-?: NonNullable<T[K]> extends (...args: never[]) => unknown ? never : K;
  }[keyof T] &
    string,
  T extends SoftDeletable ? 'isDeleted' : never
>;

/** Type of a row's primary key. */
export type KeyOf<T> = T extends { readonly id: infer Id } ? NonNullable<Id> : string | number | bigint;

/** What the compiler shows when a lookup names nothing that the model has. */
interface UnknownLookup<K extends string> {
  readonly 'no such field or lookup': K;
}

type TextLookup = 'iexact' | 'contains' | 'icontains' | 'startswith' | 'istartswith' | 'endswith' | 'iendswith';
type OrderLookup = 'gt' | 'gte' | 'lt' | 'lte';
type DatePart = 'year' | 'month' | 'day';

type OrNull<V> = Extract<V, null>;

/** Literal types of an enum stay; `true` and `false` become one type again. */
type Exact<V> = NonNullable<V> extends boolean ? boolean : NonNullable<V>;

/** Whether a column has an order that queries may ask for: one of chosen words (`'draft' | 'live'`) has none. */
type IsOrdered<V> = V extends boolean ? false : V extends string ? (string extends V ? true : false) : true;

/** Type of the value that a lookup of a plain column takes; `never` when the column has no such lookup. */
type ScalarLookup<V, L extends string> = L extends 'exact'
  ? Exact<V> | OrNull<V>
  : L extends 'isnull'
    ? boolean
    : L extends 'in'
      ? readonly Exact<V>[]
      : L extends OrderLookup
        ? false extends IsOrdered<NonNullable<V>>
          ? never
          : Exact<V>
        : L extends 'range'
          ? false extends IsOrdered<NonNullable<V>>
            ? never
            : readonly [Exact<V>, Exact<V>]
          : L extends TextLookup
            ? string extends NonNullable<V>
              ? string
              : never
            : L extends DatePart
              ? NonNullable<V> extends Date
                ? number
                : never
              : never;

/** A related row may be given itself or by its key. */
type RelationLookup<V, R, L extends string> = L extends 'exact'
  ? KeyOf<R> | R | Reference<R & object> | OrNull<V>
  : L extends 'in'
    ? readonly (KeyOf<R> | R)[]
    : L extends 'isnull'
      ? boolean
      : never;

type IsRelation<V> = [Related<V>] extends [never] ? false : true;

type FieldLookup<V, L extends string> =
  IsRelation<V> extends true ? RelationLookup<V, Related<V>, L> : ScalarLookup<V, L>;

type OrUnknown<V, K extends string> = [V] extends [never] ? UnknownLookup<K> : V;

/** Type of the value that the lookup `K` (`author__email__icontains`) of the model `T` takes. */
export type LookupValue<T, K extends string> =
  K extends FieldName<T>
    ? FieldLookup<T[K], 'exact'>
    : K extends `${infer Head}__${infer Rest}`
      ? Head extends FieldName<T>
        ? IsRelation<T[Head]> extends true
          ? Rest extends 'exact' | 'in' | 'isnull'
            ? OrUnknown<FieldLookup<T[Head], Rest>, K>
            : LookupValue<Related<T[Head]>, Rest>
          : OrUnknown<ScalarLookup<T[Head], Rest>, K>
        : UnknownLookup<K>
      : UnknownLookup<K>;

/**
 * What the lookup `K` takes, chosen by an index: while the compiler still infers the lookups it asks of every value whether it
 * is a constant, to which an index is no answer, but a condition has to be worked out, which took a third of the whole check.
 */
interface CheckedValue<T, K extends string, V> {
  readonly value: LookupValue<T, K>;
  readonly expression: V extends Expression ? ComparedExpression<T, K, LookupValue<T, K>, V> : never;
}

/**
 * Checks lookups key by key. (Mapping all paths of a model instead would make the compiler visit every relation of
 * every related model.)
 */
export type CheckedLookups<T, W> = {
  readonly [K in keyof W]: K extends string
    ? CheckedValue<T, K, W[K]>[W[K] extends Expression ? 'expression' : 'value']
    : never;
};

/** Lookups that take no column and no computation. */
export type OtherLookup = `${string}__${TextLookup | DatePart | 'in' | 'range' | 'isnull'}`;

type Ordering<K extends string> = K extends `-${infer Path}` ? Path : K;

type PathError<K extends string> = UnknownLookup<K>;

/** Whether `K` names a column of the model or, through relations to one row, of a related one. */
export type ColumnPath<T, K extends string> =
  K extends FieldName<T>
    ? [NonNullable<T[K]>] extends [Collection<object>]
      ? false
      : true
    : K extends `${infer Head}__${infer Rest}`
      ? Head extends FieldName<T>
        ? [NonNullable<T[Head]>] extends [Collection<object>]
          ? false
          : IsRelation<T[Head]> extends true
            ? ColumnPath<Related<T[Head]>, Rest>
            : false
        : false
      : false;

/** Checks a list of order keys (`-createdAt`, `author__name`); those only known at run time are checked then. */
export type CheckedOrdering<T, K extends readonly string[]> = {
  readonly [I in keyof K]: string extends K[I]
    ? K[I]
    : ColumnPath<T, Ordering<K[I]>> extends true
      ? K[I]
      : PathError<K[I]>;
};

/** Checks a list of columns to read (`title`, `author__name`); those only known at run time are checked then. */
export type CheckedColumns<T, K extends readonly string[]> = {
  readonly [I in keyof K]: string extends K[I] ? K[I] : ColumnPath<T, K[I]> extends true ? K[I] : PathError<K[I]>;
};

/** Whether `K` leads through relations to one row. */
type RelationPath<T, K extends string> =
  K extends FieldName<T>
    ? [NonNullable<T[K]>] extends [Collection<object>]
      ? false
      : IsRelation<T[K]>
    : K extends `${infer Head}__${infer Rest}`
      ? RelationPath<T, Head> extends true
        ? RelationPath<Related<T[Head & keyof T]>, Rest>
        : false
      : false;

/** Checks a list of paths of relations to one row (`author`, `author__country`). */
export type CheckedRelations<T, K extends readonly string[]> = {
  readonly [I in keyof K]: string extends K[I] ? K[I] : RelationPath<T, K[I]> extends true ? K[I] : PathError<K[I]>;
};

/** Type of a value in a plain row: related rows stand as their key. */
type PlainValue<V> = IsRelation<V> extends true ? KeyOf<Related<V>> | OrNull<V> : V;

/** Type of the value under a column path. */
export type PathValue<T, K extends string> =
  K extends FieldName<T>
    ? PlainValue<T[K]>
    : K extends `${infer Head}__${infer Rest}`
      ? Head extends FieldName<T>
        ? PathValue<Related<T[Head]>, Rest> | OrNull<T[Head]>
        : never
      : never;

/** Like {@link PathValue}, and nothing for paths through relations to many rows. */
export type SingleValue<T, K extends string> = ColumnPath<T, K> extends true ? PathValue<T, K> : never;

/** Names of the fields that have a column. */
export type ColumnName<T> = {
  [K in FieldName<T>]: [NonNullable<T[K]>] extends [Collection<object>] ? never : K;
}[FieldName<T>];

/** Names of the fields that lead to other models. */
export type RelationName<T> = { [K in FieldName<T>]: IsRelation<T[K]> extends true ? K : never }[FieldName<T>];

/** A row as plain data: columns by property name, related rows as keys. */
export type PlainRow<T> = { [K in ColumnName<T>]: PlainValue<T[K]> };

/** What a new row may be made of: columns by property name, related rows as themselves or by their key. */
export type NewRow<T> = {
  [K in ColumnName<T>]?: IsRelation<T[K]> extends true
    ? KeyOf<Related<T[K]>> | Related<T[K]> | T[K] | null
    : T[K] | null;
};
