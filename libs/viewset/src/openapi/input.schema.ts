import { type FieldDefinition, modelDefinition } from '@core-framework/orm';
import type { NestedRelation } from '../schemas/nested-relation.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import { inputBasisOf } from '../schemas/input-schema.js';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A file in a form. */
const BYTES = { type: 'string', format: 'binary' };

/** The JSON Schemas of an input's properties; JSON can only take a file away. */
export function propertySchemas(input: CompiledInput, isForm = false): Readonly<Record<string, JsonSchema>> {
  const { fields, extras, rules, nested } = input;
  const taken = [...fields.values()].filter(({ file, nullable }) => !file || isForm || nullable);
  const known = taken.map((field) => {
    if (field.file) return [field.name, isForm ? BYTES : { type: 'null' }] as const;
    const relation = nested.get(field.name);
    return [
      field.name,
      { ...(relation ? nestedSchema(relation) : fieldSchema(field)), ...rules.schemaOf(field.name) },
    ] as const;
  });
  const added = [...extras].map((name) => [name, extraSchema(input, name)] as const);
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

/** What only rules speak of: `@IsOptional()` lets `null` pass, but no column that must have a value takes it. */
function extraSchema({ schema: owner, rules }: CompiledInput, property: string): JsonSchema {
  const schema = rules.schemaOf(property);
  const model = inputBasisOf(owner)?.model;
  const column = model && modelDefinition(model).fields.get(property);
  if (!rules.isOptional(property) || column?.nullable === false) return schema;
  const { type, enum: values } = schema as { readonly type?: string; readonly enum?: readonly unknown[] };
  return { ...schema, ...(type && { type: [type, 'null'] }), ...(values && { enum: [...values, null] }) };
}
