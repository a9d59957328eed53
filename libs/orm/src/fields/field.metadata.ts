import type { FieldDefinition } from './field-definition.js';

const FIELDS = Symbol.for('@core-framework/orm:fields');

type Fields = ReadonlyMap<string, FieldDefinition>;

function ownFieldsOf(type: object): Fields | undefined {
  return Object.hasOwn(type, FIELDS) ? (Reflect.get(type, FIELDS) as Fields) : undefined;
}

/** The fields that a class declares or inherits, in the order of their declaration, ancestors first. */
export function fieldsOf(type: object): Fields {
  for (let current: object | null = type; current; current = Object.getPrototypeOf(current) as object | null) {
    const own = ownFieldsOf(current);
    if (own) return own;
  }
  return new Map();
}

/** Records a field on the class itself; what it inherits is copied, so that a subclass never changes its parent. */
export function recordField(type: object, field: FieldDefinition): void {
  const fields = new Map(fieldsOf(type)).set(field.name, field);
  Object.defineProperty(type, FIELDS, { value: fields, configurable: true });
}
