import { afterAll, describe, expect, test } from '@jest/globals';
import type { SqlDialect } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { InvalidModelError } from '../errors/orm.errors.js';
import { Model } from '../models/model.decorator.js';
import { modelDefinition } from '../models/model-definition.js';
import { PlainModel } from '../models/plain.model.js';
import { createScratchPostgres } from '../testing/scratch-postgres.js';
import { Field } from './field.decorator.js';
import { compileFieldParser } from './field-parser.js';

/** A type with options, and everything that follows from its one declaration. */
interface Case {
  readonly says: string;
  readonly field: PropertyDecorator;
  readonly takes?: readonly unknown[];
  /** Values and the code with which each is refused. */
  readonly refuses?: readonly (readonly [value: unknown, code: string])[];
  readonly schema: Readonly<Record<string, unknown>>;
  readonly sqlite: string;
  readonly postgresql: string;
}

@Model({ tableName: 'rule_targets' })
class Target extends PlainModel {
  @Field.pk({ type: 'uuid' }) id!: string;
}

const UUID = '0190163d-8694-739b-aea5-966c26f8ad91';
const even = (value: number) => (value % 2 === 0 ? undefined : 'Must be even.');
const notRoot = (value: string) => (value === 'root' ? { code: 'reserved', message: 'Is reserved.' } : undefined);
/** A type of an application's own is a function of the options. */
const iban = () =>
  Field.string({
    maxLength: 34,
    normalize: (value) => value.replaceAll(' ', '').toUpperCase(),
    validators: [(value) => (/^[A-Z]{2}\d{2}[A-Z\d]+$/.test(value) ? undefined : 'Enter a valid IBAN.')],
    schema: { format: 'iban' },
  });

const CASES: readonly Case[] = [
  {
    says: 'string',
    field: Field.string(),
    takes: ['x'.repeat(255)],
    refuses: [
      ['x'.repeat(256), 'max_length'],
      ['', 'blank'],
      [null, 'null'],
      [1, 'invalid'],
    ],
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    sqlite: 'text not null',
    postgresql: 'varchar(255) not null',
  },
  {
    says: 'string of 2 to 4 characters',
    field: Field.string({ minLength: 2, maxLength: 4 }),
    takes: ['ab', 'abcd', '🎈🎈🎈🎈'],
    refuses: [
      ['a', 'min_length'],
      ['abcde', 'max_length'],
    ],
    schema: { minLength: 2, maxLength: 4 },
    sqlite: 'text not null',
    postgresql: 'varchar(4) not null',
  },
  {
    says: 'string, nullable, with a default and words for people',
    field: Field.string({ nullable: true, default: 'x', description: 'Why.', label: 'Reason' }),
    takes: [null, 'y'],
    schema: { type: ['string', 'null'], default: 'x', description: 'Why.', title: 'Reason' },
    sqlite: "text null default 'x'",
    postgresql: "varchar(255) null default 'x'",
  },
  {
    says: 'string, blank and untrimmed',
    field: Field.string({ blank: true, trim: false }),
    takes: ['', ' x '],
    refuses: [[null, 'null']],
    schema: { type: 'string', maxLength: 255 },
    sqlite: 'text not null',
    postgresql: 'varchar(255) not null',
  },
  {
    says: 'string that matches a pattern',
    field: Field.string({ pattern: /^[A-Z]{3}$/g }),
    takes: ['ABC', 'XYZ'],
    refuses: [
      ['abc', 'invalid'],
      ['ABCD', 'invalid'],
    ],
    schema: { pattern: '^[A-Z]{3}$' },
    sqlite: 'text not null',
    postgresql: 'varchar(255) not null',
  },
  {
    says: 'string with choices and a validator',
    field: Field.string({ choices: ['user', 'root'], validators: [notRoot] }),
    takes: ['user', ' user '],
    refuses: [
      ['other', 'invalid_choice'],
      ['root', 'reserved'],
    ],
    schema: { enum: ['user', 'root'] },
    sqlite: 'text not null',
    postgresql: 'varchar(255) not null',
  },
  {
    says: "a type of the application's own",
    field: iban(),
    takes: [' de89 3704 0044 0532 0130 00'],
    refuses: [
      ['x', 'invalid'],
      ['D'.repeat(35), 'max_length'],
    ],
    schema: { format: 'iban', maxLength: 34 },
    sqlite: 'text not null',
    postgresql: 'varchar(34) not null',
  },
  {
    says: 'text',
    field: Field.text({ maxLength: 3 }),
    takes: ['abc'],
    refuses: [['abcd', 'max_length']],
    schema: { type: 'string', maxLength: 3 },
    sqlite: 'text not null',
    postgresql: 'text not null',
  },
  {
    says: 'integer from 1 to 5',
    field: Field.integer({ min: 1, max: 5 }),
    takes: [1, 5],
    refuses: [
      [0, 'min_value'],
      [6, 'max_value'],
      ['1', 'invalid'],
      [1.5, 'invalid'],
    ],
    schema: { type: 'integer', minimum: 1, maximum: 5 },
    sqlite: 'integer not null',
    postgresql: 'int not null',
  },
  {
    says: 'integer strictly between 1 and 5',
    field: Field.integer({ gt: 1, lt: 5 }),
    takes: [2, 4],
    refuses: [
      [1, 'greater_than'],
      [5, 'less_than'],
    ],
    schema: { exclusiveMinimum: 1, exclusiveMaximum: 5 },
    sqlite: 'integer not null',
    postgresql: 'int not null',
  },
  {
    says: 'integer with choices, a validator and a default made anew',
    field: Field.integer({ choices: [2, 3], validators: [even], default: () => 2 }),
    takes: [2],
    refuses: [
      [4, 'invalid_choice'],
      [3, 'invalid'],
    ],
    schema: { enum: [2, 3] },
    sqlite: 'integer not null',
    postgresql: 'int not null',
  },
  {
    says: 'bigInteger above 0',
    field: Field.bigInteger({ gt: 0, index: true }),
    takes: ['9223372036854775807', 1],
    refuses: [
      ['9223372036854775808', 'max_value'],
      [0, 'greater_than'],
    ],
    schema: { type: 'string' },
    sqlite: 'bigint not null',
    postgresql: 'bigint not null',
  },
  {
    says: 'float',
    field: Field.float({ min: 0, lt: 1 }),
    takes: [0, 0.999],
    refuses: [
      [1, 'less_than'],
      [-0.1, 'min_value'],
    ],
    schema: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
    sqlite: 'double not null',
    postgresql: 'double precision not null',
  },
  {
    says: 'decimal',
    field: Field.decimal({ precision: 6, scale: 3, gt: 0, max: 100 }),
    takes: ['0.001', '100', 1.5],
    refuses: [
      ['0', 'greater_than'],
      ['100.001', 'max_value'],
      ['0.0001', 'max_decimal_places'],
      ['1000', 'max_whole_digits'],
    ],
    schema: { type: 'string', format: 'decimal' },
    sqlite: 'numeric(6,3) not null',
    postgresql: 'numeric(6,3) not null',
  },
  {
    says: 'money',
    field: Field.money({ default: '1.00', lt: 10 }),
    takes: ['9.99'],
    refuses: [
      ['10', 'less_than'],
      ['1.001', 'max_decimal_places'],
    ],
    schema: { type: 'string', default: '1.00' },
    sqlite: "numeric(12,2) not null default '1.00'",
    postgresql: "numeric(12,2) not null default '1.00'",
  },
  {
    says: 'percent',
    field: Field.percent(),
    takes: ['0', '100'],
    refuses: [
      ['-0.01', 'min_value'],
      ['100.01', 'max_value'],
    ],
    schema: { type: 'string' },
    sqlite: 'numeric(5,2) not null',
    postgresql: 'numeric(5,2) not null',
  },
  {
    says: 'boolean',
    field: Field.boolean({ default: false }),
    takes: [true],
    refuses: [['true', 'invalid']],
    schema: { type: 'boolean', default: false },
    sqlite: 'integer not null default false',
    postgresql: 'boolean not null default false',
  },
  {
    says: 'datetime',
    field: Field.datetime(),
    takes: ['2026-01-02T03:04:05Z'],
    refuses: [['soon', 'invalid']],
    schema: { type: 'string', format: 'date-time' },
    sqlite: 'datetime not null',
    postgresql: 'timestamptz(3) not null',
  },
  {
    says: 'datetime set at creation',
    field: Field.datetime({ autoNowAdd: true }),
    schema: { readOnly: true },
    sqlite: 'datetime not null',
    postgresql: 'timestamptz(3) not null',
  },
  {
    says: 'date',
    field: Field.date({ nullable: true }),
    takes: ['2024-02-29', null],
    refuses: [['2023-02-29', 'invalid']],
    schema: { type: ['string', 'null'], format: 'date' },
    sqlite: 'date null',
    postgresql: 'date null',
  },
  {
    says: 'time',
    field: Field.time(),
    takes: ['12:34'],
    refuses: [['25:00', 'invalid']],
    schema: { type: 'string', format: 'time' },
    sqlite: 'time not null',
    postgresql: 'time(0) not null',
  },
  {
    says: 'json',
    field: Field.json({ default: {} }),
    takes: [{ a: [1] }, 'x'],
    refuses: [[{ a: '\0' }, 'invalid']],
    schema: {},
    sqlite: 'json not null',
    postgresql: 'jsonb not null',
  },
  {
    says: 'uuid',
    field: Field.uuid({ unique: true }),
    takes: [UUID.toUpperCase()],
    refuses: [['x', 'invalid']],
    schema: { type: 'string', format: 'uuid' },
    sqlite: 'text not null',
    postgresql: 'uuid not null',
  },
  {
    says: 'email',
    field: Field.email({ readOnly: true }),
    takes: ['a@example.com'],
    refuses: [['a@b', 'invalid']],
    schema: { type: 'string', format: 'email', readOnly: true },
    sqlite: 'text not null',
    postgresql: 'varchar(254) not null',
  },
  {
    says: 'url',
    field: Field.url({ writeOnly: true }),
    takes: ['https://example.com'],
    refuses: [['javascript:x', 'invalid']],
    schema: { type: 'string', format: 'uri', writeOnly: true },
    sqlite: 'text not null',
    postgresql: 'varchar(500) not null',
  },
  {
    says: 'phone',
    field: Field.phone({ hidden: true }),
    takes: ['+49 30 1234567'],
    refuses: [['call', 'invalid']],
    schema: { type: 'string', maxLength: 20 },
    sqlite: 'text not null',
    postgresql: 'varchar(20) not null',
  },
  {
    says: 'slug',
    field: Field.slug({ column: 'path' }),
    takes: ['a-b_c'],
    refuses: [['a b', 'invalid']],
    schema: { type: 'string', maxLength: 255 },
    sqlite: 'text not null',
    postgresql: 'varchar(255) not null',
  },
  {
    says: 'ip',
    field: Field.ip(),
    takes: ['::1', '10.0.0.1'],
    refuses: [['10.0.0.256', 'invalid']],
    schema: { type: 'string', maxLength: 45 },
    sqlite: 'text not null',
    postgresql: 'varchar(45) not null',
  },
  {
    says: 'color',
    field: Field.color(),
    takes: ['#fff', '#a0b1c2'],
    refuses: [['red', 'invalid']],
    schema: { type: 'string', maxLength: 9 },
    sqlite: 'text not null',
    postgresql: 'varchar(9) not null',
  },
  {
    says: 'enum of texts',
    field: Field.enum({ choices: ['draft', 'final'], default: 'draft' }),
    takes: ['final'],
    refuses: [
      ['other', 'invalid_choice'],
      [1, 'invalid_choice'],
    ],
    schema: { type: 'string', enum: ['draft', 'final'], default: 'draft' },
    sqlite: "text not null default 'draft'",
    postgresql: "varchar(50) not null default 'draft'",
  },
  {
    says: 'enum of numbers, nullable',
    field: Field.enum({ choices: [1, 2], nullable: true }),
    takes: [2, null],
    refuses: [['2', 'invalid_choice']],
    schema: { type: ['number', 'null'], enum: [1, 2, null] },
    sqlite: 'integer null',
    postgresql: 'int null',
  },
  {
    says: 'version',
    field: Field.version(),
    schema: { type: 'integer', default: 1, readOnly: true },
    sqlite: 'integer not null default 1',
    postgresql: 'int not null default 1',
  },
  {
    says: 'foreign key that is set to null',
    field: Field.foreignKey(() => Target, { nullable: true, onDelete: 'setNull' }),
    takes: [UUID, null],
    refuses: [[7, 'incorrect_type']],
    schema: { type: ['string', 'null'], format: 'uuid' },
    sqlite: 'text null, on delete set null',
    postgresql: 'uuid null, on delete set null',
  },
  ...(['cascade', 'restrict', 'noAction'] as const).map((onDelete) => ({
    says: `foreign key with ${onDelete}`,
    field: Field.foreignKey(() => Target, { onDelete }),
    takes: [UUID],
    refuses: [[null, 'null']] as const,
    schema: { type: 'string', format: 'uuid' },
    sqlite: `text not null, on delete ${onDelete === 'noAction' ? 'no action' : onDelete}`,
    postgresql: `uuid not null, on delete ${onDelete === 'noAction' ? 'no action' : onDelete}`,
  })),
];

/** A model of a single field `value`. */
function modelWith(field: PropertyDecorator) {
  class Rules extends PlainModel {
    declare value: unknown;
  }
  field(Rules.prototype, 'value');
  Field.pk()(Rules.prototype, 'id');
  Model({ tableName: 'rules' })(Rules);
  return Rules;
}

function fieldOf(field: PropertyDecorator) {
  const found = modelDefinition(modelWith(field)).fields.get('value');
  if (!found) throw new Error('no field');
  return found;
}

describe.each(CASES)('$says', ({ field, takes = [], refuses = [], schema }) => {
  const definition = fieldOf(field);
  const parse = compileFieldParser(definition);

  test('takes and refuses input', () => {
    for (const value of takes) expect([value, parse(value).errors]).toEqual([value, undefined]);
    for (const [value, code] of refuses) expect([value, parse(value).errors?.[0]?.code]).toEqual([value, code]);
  });

  test('says so in its schema', () => expect(definition.jsonSchema).toMatchObject(schema));
});

const scratch = await createScratchPostgres('orm_rules');
const URLS: [SqlDialect, string][] = [
  ['sqlite', 'sqlite://:memory:'],
  ...(scratch ? [['postgresql', scratch.url] as [SqlDialect, string]] : []),
];
afterAll(() => scratch?.drop());

describe.each(URLS)('columns on %s', (dialect, url) => {
  test.each(CASES)('$says', async ({ field, [dialect as 'sqlite']: column }) => {
    const model = modelWith(field);
    const database = await openDatabase([model], resolveCoreOrmOptions({ url }));
    const sql = await database.orm.schema.getCreateSchemaSQL();
    await database.close();
    expect(columnIn(sql)).toBe(column);
  });
});

/** What a schema says of the column: its type and default, and what becomes of it when the row it points to goes. */
function columnIn(sql: string): string {
  const table = sql.split('\n').find((line) => line.startsWith('create table') && line.includes('rules')) ?? '';
  const [, column = ''] = /[`"](?:value|value_id|path)[`"] ((?:\([^)]*\)|[^,()])*)/.exec(table) ?? [];
  const [, rule] = /foreign key.*\bon delete (cascade|restrict|set null|no action)/.exec(sql) ?? [];
  return [column.trim(), ...(rule ? [`on delete ${rule}`] : [])].join(', ');
}

describe('a declaration that contradicts itself is refused when the class is made', () => {
  test.each<[string, () => PropertyDecorator]>([
    ['more characters at least than at most', () => Field.string({ minLength: 3, maxLength: 2 })],
    ['min above max', () => Field.integer({ min: 2, max: 1 })],
    ['nothing between gt and lt', () => Field.float({ gt: 1, lt: 1 })],
    ['nothing between gt and max', () => Field.float({ gt: 1, max: 1 })],
    ['more digits after the point than in all', () => Field.decimal({ precision: 2, scale: 3 })],
    ['a limit of a decimal that has more digits', () => Field.decimal({ scale: 2, min: 0.005 })],
    ['a broken limit of a big integer', () => Field.bigInteger({ min: 0.5 })],
    ['no choices', () => Field.string({ choices: [] })],
    ['readOnly and writeOnly', () => Field.string({ readOnly: true, writeOnly: true })],
    ['setNull without nullable', () => Field.foreignKey(() => Target, { onDelete: 'setNull' })],
    ['a default too long', () => Field.string({ maxLength: 2, default: 'abc' })],
    ['a default beyond max', () => Field.integer({ max: 2, default: 3 })],
    ['a default that is no choice', () => Field.enum({ choices: ['a'], default: 'b' as never })],
    ['a default of another type', () => Field.uuid({ default: 'x' })],
  ])('%s', (_says, declare) => expect(() => modelWith(declare())).toThrow(InvalidModelError));
});

describe('decimals', () => {
  test('of more than 15 digits are refused by SQLite at boot', async () => {
    const model = modelWith(Field.decimal({ precision: 16, scale: 2 }));
    await expect(openDatabase([model], resolveCoreOrmOptions({ url: 'sqlite://:memory:' }))).rejects.toThrow(
      /Rules\.value is a decimal of 16 digits/,
    );
  });
});
