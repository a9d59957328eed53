import type { FieldDefinition } from './field-definition.js';
import { FIELD_TYPES } from './types/field-types.js';

/**
 * Gives the function that turns a field's value in code into its JSON form: times become ISO texts in UTC with
 * three digits, big integers texts; everything else stays what it is. `null` stays `null`.
 */
export function compileJsonValue(field: FieldDefinition): (value: unknown) => unknown {
  const { toJson } = FIELD_TYPES[field.scalarKind];
  if (!toJson) return (value) => value ?? null;
  const one = (value: unknown) => (value === null || value === undefined ? null : toJson(value, field));
  return field.relation?.many ? (values) => (Array.isArray(values) ? values.map(one) : []) : one;
}

/** Whether a field's values have another form in JSON than in code. */
export function hasJsonForm({ scalarKind }: FieldDefinition): boolean {
  return FIELD_TYPES[scalarKind].toJson !== undefined;
}

/** The JSON form of one value; compile it with {@link compileJsonValue} where many are converted. */
export function toJsonValue(field: FieldDefinition, value: unknown): unknown {
  return compileJsonValue(field)(value);
}
