import {
  type FieldDefinition,
  type FieldName,
  type LookupName,
  lookupsOf,
  type RelationName,
} from '@core-framework/orm';

/** How a filter compares: `?viewsCount__gte=50`; `exact` is the bare name. */
export type FilterLookup = LookupName;

/** A field, or a path through relations (`author__email`), the rest of which is checked at start-up. */
export type FieldPath<T extends object> = FieldName<T> | `${RelationName<T>}__${string}`;

/** The comparisons that are allowed for each field. */
export type FilterLookups<T extends object> = { readonly [K in FieldPath<T>]?: readonly FilterLookup[] };

/** A field that may be filtered by its exact value, or fields with the lookups that are allowed for each. */
export type FilterDeclaration<T extends object> = FieldPath<T> | FilterLookups<T>;

/** What lists may be filtered by, as a list or as one object. */
export type FilterDeclarations<T extends object> = readonly FilterDeclaration<T>[] | FilterLookups<T>;

/** The lookups that a ViewSet may offer for a field. */
export function lookupsFor(field: FieldDefinition): readonly FilterLookup[] {
  return field.relation?.many ? ['exact', 'in', 'isnull'] : lookupsOf(field);
}
