import { describe, expect, test } from '@jest/globals';
import { InvalidModelError } from '../errors/orm.errors.js';
import { Field } from '../fields/field.decorator.js';
import { Manager } from '../querysets/manager.js';
import { BaseModel } from './base.model.js';
import { isModel, modelDefinition } from './model-definition.js';
import { Model } from './model.decorator.js';
import { slugify, tableNameOf } from './naming.js';
import { PlainModel } from './plain.model.js';

test.each([
  ['Post', 'posts'],
  ['BlogPost', 'blog_posts'],
  ['Category', 'categories'],
  ['Key', 'keys'],
  ['Box', 'boxes'],
  ['Address', 'addresses'],
  ['Person', 'people'],
  ['HTTPRequest', 'http_requests'],
])('the table of %s is %s', (name, expected) => {
  expect(tableNameOf(name)).toBe(expected);
});

test.each([
  ['Crème brûlée!', 'creme-brulee'],
  ['  a  --  b_c ', 'a-b_c'],
  ['日本', ''],
])('the slug of "%s" is "%s"', (text, expected) => {
  expect(slugify(text)).toBe(expected);
});

describe('@Model', () => {
  test('gives the class its Manager and its definition', () => {
    @Model({ unique: [['first', 'last']] })
    class Person extends BaseModel {
      declare static readonly objects: Manager<Person>;
      @Field.string() first!: string;
      @Field.string() last!: string;
      @Field.version() version!: number;
    }
    expect(Person.objects).toBeInstanceOf(Manager);
    expect(modelDefinition(Person)).toMatchObject({
      name: 'Person',
      tableName: 'people',
      uniqueTogether: [['first', 'last']],
    });
    expect(modelDefinition(Person).primaryKey.name).toBe('id');
    expect(modelDefinition(Person).versionField?.name).toBe('version');
  });

  test('belongs to the class and not to its subclasses', () => {
    @Model()
    class Base extends BaseModel {}
    class Derived extends Base {}
    expect(isModel(Base)).toBe(true);
    expect(isModel(Derived)).toBe(false);
    expect(() => modelDefinition(Derived)).toThrow(InvalidModelError);
  });

  test('refuses a class without a primary key', () => {
    expect(() => {
      @Model()
      class Keyless extends PlainModel {
        @Field.string() name!: string;
      }
      return Keyless;
    }).toThrow(/Keyless has 0 primary keys/);
  });

  test('refuses options and slugs that name no field', () => {
    expect(() => {
      // @ts-expect-error -- there is no such field
      @Model({ unique: [['nothing']] })
      class Wrong extends BaseModel {}
      return Wrong;
    }).toThrow(/names the field "nothing"/);
    expect(() => {
      @Model()
      class Wrong extends BaseModel {
        @Field.slug({ from: 'titel' }) slug!: string;
      }
      return Wrong;
    }).toThrow(/made from "titel"/);
  });
});
