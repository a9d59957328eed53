import type { FieldDefinition, JsonSchema } from '../field-definition.js';
import type { ValueParser } from '../parse-outcome.js';

/** The comparisons that a lookup may ask for. */
export type LookupName =
  | 'exact'
  | 'iexact'
  | 'contains'
  | 'icontains'
  | 'startswith'
  | 'istartswith'
  | 'endswith'
  | 'iendswith'
  | 'in'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'range'
  | 'isnull'
  | 'year'
  | 'month'
  | 'day';

/** What a type rests on of a definition; the schema is made of it. */
export type FieldRules = Omit<FieldDefinition, 'jsonSchema'>;

/** All that differs between the types of single values. */
export interface FieldType {
  /** Reads a JSON value; `null` never reaches it. */
  parser(field: FieldRules): ValueParser;
  /** Reads the text of a query string or a path. */
  textParser(field: FieldRules): ValueParser<unknown>;
  /** Whether a value has the type's form in code, so that it may be bound to a statement. */
  accepts(value: unknown, field: Pick<FieldRules, 'choices' | 'unbounded'>): boolean;
  /** The one form of a value in code among several that mean the same, so that equal values have equal texts. */
  canonical?(value: unknown, field: FieldRules): unknown;
  schema(field: FieldRules): JsonSchema;
  /** Form of a value in JSON, where it differs from the form in code. */
  toJson?(value: unknown, field: FieldRules): unknown;
  readonly lookups: readonly LookupName[];
}

export const EQUALITY_LOOKUPS = ['exact', 'in', 'isnull'] as const;
export const ORDER_LOOKUPS = [...EQUALITY_LOOKUPS, 'gt', 'gte', 'lt', 'lte', 'range'] as const;
export const TEXT_LOOKUPS = [
  ...ORDER_LOOKUPS,
  'iexact',
  'contains',
  'icontains',
  'startswith',
  'istartswith',
  'endswith',
  'iendswith',
] as const;
export const DATE_LOOKUPS = [...ORDER_LOOKUPS, 'year', 'month', 'day'] as const;
