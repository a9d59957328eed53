import { schemaOfRules } from '@core-framework/common';
import type { FieldDefinition } from '@core-framework/orm';
import type { NestedRelation } from '../schemas/nested-relation.js';
import type { ClassRules } from '../schemas/class-rules.js';
import type { CompiledInput } from '../schemas/compiled-input.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A file in a form. */
const BYTES = { type: 'string', format: 'binary' };

/** The JSON Schemas of an input's properties; JSON can only take a file away. */
export function propertySchemas(
  { fields, extras, rules, nested }: CompiledInput,
  isForm = false,
): Readonly<Record<string, JsonSchema>> {
  const taken = [...fields.values()].filter(({ file, nullable }) => !file || isForm || nullable);
  const known = taken.map((field) => {
    if (field.file) return [field.name, isForm ? BYTES : { type: 'null' }] as const;
    const relation = nested.get(field.name);
    return [field.name, withRules(relation ? nestedSchema(relation) : fieldSchema(field), rules, field.name)] as const;
  });
  const added = [...extras].map((name) => [name, withRules({}, rules, name)] as const);
  return Object.fromEntries([...known, ...added]);
}

/** The JSON Schema of an input; a partial one requires nothing. */
export function inputSchemaOf(input: CompiledInput, partial: boolean, isForm = false): JsonSchema {
  const required = partial ? [] : [...input.required];
  return {
    type: 'object',
    properties: propertySchemas(input, isForm),
    ...(required.length && { required }),
    additionalProperties: false,
  };
}

function fieldSchema({ jsonSchema, nullable, relation }: FieldDefinition): JsonSchema {
  const { readOnly: _readOnly, ...schema } = jsonSchema;
  return relation?.many && !nullable ? { uniqueItems: true, ...schema } : schema;
}

/** A relation that is written along with the row: keys, objects, or either. */
function nestedSchema(nested: NestedRelation): JsonSchema {
  const { field, input, maxItems } = nested;
  const { items, ...key } = fieldSchema(field);
  const choices = [
    ...(nested.allows('connect') ? [field.relation?.many ? (items as JsonSchema) : key] : []),
    ...(nested.allows('create') ? [inputSchemaOf(input, false)] : []),
  ];
  const nothing = field.nullable && !nested.allows('connect') ? [{ type: 'null' }] : [];
  const item = choices.length + nothing.length === 1 ? (choices[0] ?? {}) : { anyOf: [...choices, ...nothing] };
  return field.relation?.many ? { type: 'array', items: item, maxItems } : item;
}

function withRules(schema: JsonSchema, rules: ClassRules, property: string): JsonSchema {
  return { ...schema, ...schemaOfRules(rules.rulesOf(property)) };
}
