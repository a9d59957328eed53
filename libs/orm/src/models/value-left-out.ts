import type { FieldDefinition } from '../fields/field-definition.js';

/** What a new row has where nothing was given: the time, the default, or `null`; `undefined` when there is no such thing. */
export function valueLeftOut(field: FieldDefinition, now: Date): unknown {
  if (field.auto) return now;
  if (field.hasDefault) return defaultOf(field);
  return field.nullable ? null : undefined;
}

function defaultOf({ default: value }: FieldDefinition): unknown {
  if (typeof value === 'function') return value() as unknown;
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}
