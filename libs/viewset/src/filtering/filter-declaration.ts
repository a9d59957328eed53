import { type FieldDefinition, type LookupName, lookupsOf } from '@core-framework/orm';

/** How a filter compares: `?viewsCount__gte=50`; `exact` is the bare name. */
export type FilterLookup = LookupName;

/** A field that may be filtered by its exact value, or fields with the lookups that are allowed for each. */
export type FilterDeclaration<T extends object> =
  Extract<keyof T, string> | { readonly [K in Extract<keyof T, string>]?: readonly FilterLookup[] };

/** The lookups that a ViewSet may offer for a field; none for what clients may not know of. */
export function lookupsFor(field: FieldDefinition): readonly FilterLookup[] {
  if (field.hidden || field.writeOnly) return [];
  return field.relation?.many ? ['exact', 'in'] : lookupsOf(field);
}
