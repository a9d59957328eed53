import type { CompiledInput } from '../schemas/compiled-input.js';
import { propertySchemas } from './input.schema.js';

/** What a form needs to know of the fields of an input: their type, their rules and whether they must be there. */
export function describeFields(input: CompiledInput): Readonly<Record<string, object>> {
  const entries = Object.entries(propertySchemas(input));
  return Object.fromEntries(entries.map(([name, schema]) => [name, { required: input.required.has(name), ...schema }]));
}
