import { describe, expect, test } from '@jest/globals';
import type { Ref } from '@mikro-orm/core';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { modelDefinition } from '../models/model-definition.js';
import { Field } from './field.decorator.js';
import { fieldsOf } from './field.metadata.js';
import { toJsonValue } from './json-value.js';

enum Level {
  Low,
  High = 5,
}

@Model()
class Parent extends BaseModel {
  @Field.string({ maxLength: 20 }) name!: string;
}

@Model()
class Child extends Parent {
  @Field.string({ maxLength: 40, nullable: true, description: 'A name.' }) declare name: string;
  @Field.integer({ default: 3, max: 9 }) size!: number;
  @Field.enum({ choices: Level }) level!: Level;
  @Field.decimal({ default: '1.00' }) price!: string;
  @Field.bigInteger() big!: bigint;
  @Field.datetime({ autoNow: true }) touchedAt!: Date;
  @Field.slug({ from: 'name' }) slug!: string;
  @Field.string({ writeOnly: true, column: 'pw' }) password!: string;
  @Field.foreignKey(() => Parent, { nullable: true, onDelete: 'setNull' }) owner!: Ref<Parent> | null;
  @Field.manyToMany(() => Parent) friends!: unknown;
}

const child = modelDefinition(Child).fields;

describe('declarations', () => {
  test('a subclass inherits fields and never changes its parent', () => {
    expect([...modelDefinition(Parent).fields.keys()]).toEqual(['id', 'createdAt', 'updatedAt', 'name']);
    expect([...child.keys()].slice(0, 5)).toEqual(['id', 'createdAt', 'updatedAt', 'name', 'size']);
    expect(fieldsOf(Parent).get('name')?.maxLength).toBe(20);
    expect(child.get('name')?.maxLength).toBe(40);
  });

  test('definitions are frozen', () => {
    expect(Object.isFrozen(child.get('size'))).toBe(true);
    expect(Object.isFrozen(child.get('owner'))).toBe(true);
    expect(Object.isFrozen(modelDefinition(Child))).toBe(true);
  });

  test.each([
    ['id', { generated: true, required: false, unique: true, columnName: 'id' }],
    ['touchedAt', { generated: true, required: false, auto: 'update', columnName: 'touched_at' }],
    ['size', { hasDefault: true, default: 3, required: false, generated: false }],
    ['name', { nullable: true, required: false }],
    ['slug', { slugFrom: 'name', required: false }],
    ['price', { required: false, precision: 10, scale: 2 }],
    ['big', { required: true }],
    ['password', { writeOnly: true, columnName: 'pw', required: true }],
    ['owner', { nullable: true, columnName: 'owner_id', indexed: true, scalarKind: 'integer', required: false }],
    ['friends', { columnName: undefined, required: false }],
  ])('%s is completed', (name, expected) => {
    const field = child.get(name);
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(field ?? {}, key)]))).toEqual(
      expected,
    );
  });

  test('a TypeScript enum gives its values as choices', () => {
    expect(child.get('level')?.choices).toEqual([0, 5]);
  });
});

test.each([
  ['name', { type: ['string', 'null'], minLength: 1, maxLength: 40, description: 'A name.' }],
  ['size', { type: 'integer', minimum: -2147483648, maximum: 9, default: 3 }],
  ['level', { type: 'number', enum: [0, 5] }],
  ['price', { type: 'string', format: 'decimal', pattern: '^-?\\d{1,8}(?:\\.\\d{1,2})?$', default: '1.00' }],
  ['touchedAt', { type: 'string', format: 'date-time', readOnly: true }],
  ['password', { type: 'string', minLength: 1, maxLength: 255, writeOnly: true }],
  ['owner', { type: ['integer', 'null'], minimum: -2147483648, maximum: 2147483647 }],
  ['friends', { type: 'array', items: { type: 'integer', minimum: -2147483648, maximum: 2147483647 } }],
])('the schema of %s says what its rules say', (name, expected) => {
  expect(child.get(name)?.jsonSchema).toEqual(expected);
});

test('JSON forms are texts where numbers would lose something', () => {
  const json = (name: string, value: unknown) => {
    const field = child.get(name);
    return field && toJsonValue(field, value);
  };
  expect(json('touchedAt', new Date('2026-01-02T03:04:05Z'))).toBe('2026-01-02T03:04:05.000Z');
  expect(json('big', 9007199254740993n)).toBe('9007199254740993');
  expect(json('price', '1.50')).toBe('1.50');
  expect(json('size', 3)).toBe(3);
  expect(json('owner', null)).toBeNull();
  expect(json('friends', [1, 2])).toEqual([1, 2]);
});
