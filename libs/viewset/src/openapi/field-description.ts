import type { CompiledAction } from '../compiler/compiled-action.js';
import { propertySchemas } from './input.schema.js';

type FieldDescription = Readonly<Record<string, unknown>>;

/** Keywords that a description has under names of its own, or that say nothing to who fills in a form. */
const SAID_OTHERWISE = new Set(['title', 'description', 'enum', 'readOnly', 'writeOnly']);

/**
 * What a form needs to know of the fields of an action: how they are called, their type and rules, whether they must be
 * there. Those of a standard action that are shown and never taken follow as read-only.
 */
export function describeFields({
  input,
  output,
  partial,
  standard,
  route,
}: CompiledAction): Readonly<Record<string, FieldDescription>> {
  if (!input) return {};
  const takesFiles = input.uploads.size > 0 && route.options?.form !== false;
  const taken = Object.entries(propertySchemas(input, takesFiles)).map(
    ([name, schema]) => [name, describe(name, schema, { required: !partial && input.required.has(name) })] as const,
  );
  const known = new Set(taken.map(([name]) => name));
  const shown = (standard && output ? output.properties : [])
    .filter(({ name }) => !known.has(name))
    .map(({ name, schema }) => [name, describe(name, schema, { required: false, readOnly: true })] as const);
  return Object.fromEntries([...taken, ...shown]);
}

function describe(
  name: string,
  schema: Readonly<Record<string, unknown>>,
  { required, readOnly = false }: { readonly required: boolean; readonly readOnly?: boolean },
): FieldDescription {
  const { title = labelOf(name), description, enum: choices } = schema;
  const rules = Object.entries(schema).filter(([keyword]) => !SAID_OTHERWISE.has(keyword));
  return {
    label: title,
    required,
    readOnly,
    ...Object.fromEntries(rules),
    ...(description !== undefined && { helpText: description }),
    ...(Array.isArray(choices) && { choices: choices.filter((value) => value !== null).map(choiceOf) }),
  };
}

function choiceOf(value: unknown): { readonly value: unknown; readonly label: string } {
  return { value, label: labelOf(String(value)) };
}

/** `isPublished` and `is_published` are "Is published". */
function labelOf(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
