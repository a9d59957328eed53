import { types } from 'node:util';
import { type Ref, Reference } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { InvalidValueError, NotNullViolationError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { FIELD_TYPES } from '../fields/types/field-types.js';
import { exceedsDecimal } from '../fields/types/number.types.js';
import { keyOf } from '../querysets/condition.js';
import { givenRecord } from '../querysets/given-arguments.js';
import { type ModelDefinition, storedFields } from './model-definition.js';

/**
 * Gives a field's value the form in which it may be stored: rows become keys, everything else has to be of the
 * field's type already.
 *
 * @throws InvalidValueError when it is not.
 */
export function storableValue(definition: ModelDefinition, field: FieldDefinition, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const plain = field.relation ? keyOf(value) : value;
  if (field.relation && (plain === undefined || plain === null)) {
    throw new InvalidValueError(definition.name, field.name, 'points to a row that is not saved yet');
  }
  if (!FIELD_TYPES[field.scalarKind].accepts(plain, field)) {
    throw wrongType(definition, field, plain);
  }
  const { canonical } = FIELD_TYPES[field.scalarKind];
  if (canonical) return canonicalValue(definition, field, canonical(plain, field));
  const limit = field.relation ? undefined : field.maxLength;
  if (limit !== undefined && typeof plain === 'string' && plain.length > limit && [...plain].length > limit) {
    throw new InvalidValueError(definition.name, field.name, `takes at most ${limit} characters`);
  }
  return plain;
}

function canonicalValue(definition: ModelDefinition, field: FieldDefinition, value: unknown): unknown {
  if (field.precision === undefined || field.relation || !exceedsDecimal(value, field)) return value;
  const { precision, scale } = field;
  throw new InvalidValueError(
    definition.name,
    field.name,
    `takes ${precision} digits, ${scale} of them after the point`,
  );
}

/**
 * Makes sure that something names columns and gives them values of their types, so that nothing has happened yet when it
 * does not.
 *
 * @throws InvalidValueError for a name or a value that is wrong.
 * @throws NotNullViolationError for `null` in a column that may not be empty.
 */
export function checkValues(definition: ModelDefinition, what: string, given: unknown): void {
  for (const [name, value] of Object.entries(givenRecord({ model: definition.name, what }, given))) {
    const field = writableField(definition, name);
    if (value === null && !field.nullable) throw new NotNullViolationError(definition.name, [name]);
    if (isUnsaved(field, value)) continue;
    storableValue(definition, field, value);
  }
}

/**
 * Makes sure that a stored instance holds values of its columns' types. Other rules only hold for what is written: a row may
 * be older than they are.
 *
 * @throws InvalidValueError when it does not.
 */
export function checkTypes(definition: ModelDefinition, row: object): void {
  for (const field of storedFields(definition.model)) {
    const value: unknown = field.relation ? null : Reflect.get(row, field.name);
    if (value === null || value === undefined) continue;
    if (!FIELD_TYPES[field.scalarKind].accepts(value, field)) throw wrongType(definition, field, value);
  }
}

function wrongType(definition: ModelDefinition, { name, scalarKind }: FieldDefinition, value: unknown) {
  return new InvalidValueError(definition.name, name, `takes a value of type ${scalarKind}, not ${typeof value}`);
}

/** A related row that is not stored yet may be by the time that the row which points to it is. */
function isUnsaved({ relation }: FieldDefinition, value: unknown): boolean {
  return relation !== undefined && typeof value === 'object' && value !== null && keyOf(value) === undefined;
}

/** Sets properties of a new or stored instance; related rows may be given as themselves or by their key. */
export function assignValues(em: SqlEntityManager, definition: ModelDefinition, row: object, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const field = writableField(definition, name);
    Reflect.set(row, name, field.relation ? referenceTo(em, definition, field, value) : value);
  }
}

/** Makes references of related rows and keys that were set directly (`post.author = user`). */
export function wrapReferences(em: SqlEntityManager, definition: ModelDefinition, row: object): void {
  for (const field of storedFields(definition.model)) {
    if (!field.relation) continue;
    const value: unknown = Reflect.get(row, field.name);
    if (value === null || value === undefined || (!types.isProxy(value) && value instanceof Reference)) continue;
    Reflect.set(row, field.name, referenceTo(em, definition, field, value));
  }
}

/** The field of that name, which must have a column. */
export function writableField(definition: ModelDefinition, name: string): FieldDefinition {
  const field = definition.fields.get(name);
  if (field?.columnName !== undefined) return field;
  throw new InvalidValueError(
    definition.name,
    typeof name === 'string' ? name : `(${typeof name})`,
    field ? 'has no column to write to' : 'is not a field',
  );
}

function referenceTo(
  em: SqlEntityManager,
  definition: ModelDefinition,
  field: FieldDefinition,
  value: unknown,
): Ref<object> | null {
  if (value === null) return null;
  const isObject = !types.isProxy(value);
  if (isObject && value instanceof Reference) return value as Ref<object>;
  const target = field.relation?.target();
  if (!target) throw new InvalidValueError(definition.name, field.name, 'is not a relation');
  if (isObject && value instanceof target) return Reference.create<object>(value);
  const key = storableValue(definition, field, value);
  return em.getReference(target, key as never, { wrapped: true }) as Ref<object>;
}
