import { snakeCase } from '../models/naming.js';
import type { FieldDefinition, FieldKind, JsonSchema, RelationDefinition, ScalarKind } from './field-definition.js';
import type { FieldOptions, FieldValidator } from './field.options.js';
import { checkDeclaration } from './check-declaration.js';
import type { FieldRules } from './types/field-type.js';
import type { FileRules } from './types/file-rules.js';
import { FIELD_TYPES } from './types/field-types.js';

/** What the decorators may say, whatever the kind; each decorator's own type narrows it. */
export interface FieldDeclaration extends Omit<
  FieldOptions<unknown>,
  'default' | 'index' | 'column' | 'normalize' | 'validators'
> {
  readonly kind: FieldKind;
  readonly scalarKind: ScalarKind;
  readonly default?: unknown;
  readonly index?: boolean;
  readonly column?: string;
  readonly auto?: 'create' | 'update';
  readonly generated?: boolean;
  readonly blank?: boolean;
  readonly trim?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly gt?: number;
  readonly lt?: number;
  readonly pattern?: RegExp;
  readonly normalize?: (value: never) => unknown;
  readonly validators?: readonly FieldValidator<never>[];
  readonly precision?: number;
  readonly scale?: number;
  readonly choices?: readonly (string | number)[];
  readonly from?: string;
  readonly file?: FileRules;
}

/** Completes a declaration to a frozen definition. */
export function defineField(name: string, declaration: FieldDeclaration): FieldDefinition {
  const { index, column, from, schema, ...said } = declaration;
  const nullable = said.nullable ?? false;
  const hasDefault = said.default !== undefined;
  const generated = said.generated ?? said.auto !== undefined;
  const rules: FieldRules = {
    unique: false,
    readOnly: false,
    writeOnly: false,
    hidden: false,
    blank: false,
    trim: true,
    ...said,
    name,
    nullable,
    hasDefault,
    generated,
    columnName: column ?? snakeCase(name),
    indexed: index ?? false,
    required: !nullable && !hasDefault && !generated && from === undefined,
    slugFrom: from,
  };
  checkDeclaration(rules);
  return Object.freeze({ ...rules, jsonSchema: Object.freeze({ ...schemaOf(rules), ...schema }) });
}

/** Everything that a relation's definition cannot know before its target is loaded. */
export interface RelationDeclaration extends Omit<FieldDeclaration, 'kind' | 'scalarKind'> {
  readonly relation: RelationDefinition;
  /** The primary key at the other end; asked for late, because models import each other in circles. */
  readonly targetKey: () => FieldDefinition;
}

export function defineRelation(name: string, declaration: RelationDeclaration): FieldDefinition {
  const { relation, targetKey, ...said } = declaration;
  const {
    columnName,
    jsonSchema: _schema,
    ...definition
  } = defineField(name, {
    column: `${snakeCase(name)}_id`,
    ...said,
    kind: relation.kind,
    scalarKind: 'integer',
  });
  const stored = relation.owner && !relation.many;
  checkDeclaration({ ...definition, relation });
  const relationField = {
    ...definition,
    ...(stored && { columnName }),
    required: stored && definition.required,
    relation: Object.freeze(relation),
    get scalarKind() {
      return targetKey().scalarKind;
    },
    get jsonSchema() {
      const { readOnly: _readOnly, description: _description, ...key } = targetKey().jsonSchema;
      return relation.many ? { type: 'array', items: key } : nullableSchema(key, definition.nullable);
    },
  };
  return Object.freeze(relationField);
}

function schemaOf(field: FieldRules): JsonSchema {
  const plain = FIELD_TYPES[field.scalarKind].schema(field);
  const schema = nullableSchema(field.choices ? { ...plain, enum: field.choices } : plain, field.nullable);
  const constant = field.hasDefault && typeof field.default !== 'function' ? field.default : undefined;
  return {
    ...(field.label && { title: field.label }),
    ...schema,
    ...(['string', 'number', 'boolean'].includes(typeof constant) && { default: constant }),
    ...(field.description && { description: field.description }),
    ...((field.readOnly || field.generated) && { readOnly: true }),
    ...(field.writeOnly && { writeOnly: true }),
  };
}

function nullableSchema(schema: JsonSchema, nullable: boolean): JsonSchema {
  if (!nullable) return schema;
  const { type, enum: choices, ...rest } = schema;
  return {
    ...(typeof type === 'string' && { type: [type, 'null'] }),
    ...(Array.isArray(choices) && { enum: [...choices, null] }),
    ...rest,
  };
}
