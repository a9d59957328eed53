import { describe, expect, test } from '@jest/globals';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { modelDefinition } from '../models/model-definition.js';
import { PlainModel } from '../models/plain.model.js';
import { Field } from './field.decorator.js';
import { compileFieldParser, compileTextParser } from './field-parser.js';

@Model()
class Owner extends PlainModel {
  @Field.pk({ type: 'uuid' }) id!: string;
}

@Model()
class Sample extends BaseModel {
  @Field.string({ maxLength: 5, minLength: 2 }) short!: string;
  @Field.text({ blank: true, trim: false }) raw!: string;
  @Field.integer({ min: 1, max: 5 }) stars!: number;
  @Field.integer() whole!: number;
  @Field.bigInteger() big!: bigint;
  @Field.float() ratio!: number;
  @Field.decimal({ precision: 6, scale: 2, min: 0 }) price!: string;
  @Field.percent() share!: string;
  @Field.boolean() flag!: boolean;
  @Field.datetime() moment!: Date;
  @Field.date() day!: string;
  @Field.time() hour!: string;
  @Field.json() data!: unknown;
  @Field.uuid() token!: string;
  @Field.email() mail!: string;
  @Field.url() link!: string;
  @Field.phone() phone!: string;
  @Field.slug() slug!: string;
  @Field.ip() address!: string;
  @Field.color() color!: string;
  @Field.enum({ choices: ['draft', 'final'] }) state!: string;
  @Field.enum({ choices: [1, 2] }) level!: number;
  @Field.string({ nullable: true }) maybe!: string | null;
  @Field.foreignKey(() => Sample) parent!: Sample;
  @Field.foreignKey(() => Owner) owner!: Owner;
  @Field.manyToMany(() => Sample) friends!: Sample[];
}

const fields = modelDefinition(Sample).fields;

function fieldOf(name: string) {
  const field = fields.get(name);
  if (!field) throw new Error(name);
  return field;
}

const fromJson = (name: string, value: unknown) => compileFieldParser(fieldOf(name))(value);
const fromText = (name: string, value: string) => compileTextParser(fieldOf(name))(value);

describe('JSON values', () => {
  test.each<[string, unknown, unknown]>([
    ['short', '  abc ', 'abc'],
    ['short', '🎈🎈🎈🎈🎈', '🎈🎈🎈🎈🎈'],
    ['raw', '  x ', '  x '],
    ['raw', '', ''],
    ['stars', 5, 5],
    ['whole', -0, 0],
    ['whole', 2147483647, 2147483647],
    ['big', '9223372036854775807', 9223372036854775807n],
    ['big', 42, 42n],
    ['ratio', 1e300, 1e300],
    ['price', '1.5', '1.50'],
    ['price', 19.99, '19.99'],
    ['price', '0', '0.00'],
    ['price', '0001', '1.00'],
    ['share', '100', '100.00'],
    ['flag', false, false],
    ['moment', '2026-01-02T03:04:05.678Z', new Date('2026-01-02T03:04:05.678Z')],
    ['moment', '2026-01-02T03:04:05.678901+02:00', new Date('2026-01-02T01:04:05.678Z')],
    ['moment', '2026-01-02T03:04', new Date('2026-01-02T03:04:00Z')],
    ['moment', '2026-01-02', new Date('2026-01-02T00:00:00Z')],
    ['day', '2024-02-29', '2024-02-29'],
    ['hour', '12:34', '12:34:00'],
    ['hour', '12:34:56.789', '12:34:56'],
    ['data', { a: [1, null, 'x'] }, { a: [1, null, 'x'] }],
    ['token', '0190163D-8694-739B-AEA5-966C26F8AD91', '0190163d-8694-739b-aea5-966c26f8ad91'],
    ['mail', 'Ann.O+tag@example.co.uk', 'Ann.O+tag@example.co.uk'],
    ['link', 'https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['phone', '+49 30 1234567', '+49 30 1234567'],
    ['slug', 'a-b_C9', 'a-b_C9'],
    ['address', '::1', '::1'],
    ['color', '#A0b1C2', '#A0b1C2'],
    ['state', 'final', 'final'],
    ['level', 2, 2],
    ['maybe', null, null],
    ['parent', 7, 7],
    ['owner', '0190163d-8694-739b-aea5-966c26f8ad91', '0190163d-8694-739b-aea5-966c26f8ad91'],
    ['friends', [3, 1, 3], [3, 1]],
  ])('%s takes %p', (name, value, expected) => {
    expect(fromJson(name, value)).toEqual({ value: expected });
  });

  test.each<[string, unknown, string, string]>([
    ['short', null, 'null', 'This field may not be null.'],
    ['short', '   ', 'blank', 'This field may not be blank.'],
    ['short', 7, 'invalid', 'Not a valid string.'],
    ['short', 'abcdef', 'max_length', 'Ensure this field has no more than 5 characters.'],
    ['short', 'a', 'min_length', 'Ensure this field has at least 2 characters.'],
    ['short', 'a\0b', 'null_characters_not_allowed', 'Null characters are not allowed.'],
    ['short', 'a\uD800', 'surrogate_characters_not_allowed', 'Surrogate characters are not allowed: U+D800.'],
    ['stars', 6, 'max_value', 'Ensure this value is less than or equal to 5.'],
    ['stars', 0, 'min_value', 'Ensure this value is greater than or equal to 1.'],
    ['stars', '5', 'invalid', 'A valid integer is required.'],
    ['stars', 1.5, 'invalid', 'A valid integer is required.'],
    ['whole', 2147483648, 'max_value', 'Ensure this value is less than or equal to 2147483647.'],
    ['whole', JSON.parse('1e400'), 'invalid', 'A valid integer is required.'],
    ['whole', true, 'invalid', 'A valid integer is required.'],
    ['big', '9223372036854775808', 'max_value', 'Ensure this value is less than or equal to 9223372036854775807.'],
    ['big', 2 ** 53, 'invalid', 'A valid integer is required.'],
    ['ratio', JSON.parse('-1e400'), 'invalid', 'A valid number is required.'],
    ['ratio', '1', 'invalid', 'A valid number is required.'],
    ['price', '12345.67', 'max_digits', 'Ensure that there are no more than 6 digits in total.'],
    ['price', '1.234', 'max_decimal_places', 'Ensure that there are no more than 2 decimal places.'],
    ['price', '12345', 'max_whole_digits', 'Ensure that there are no more than 4 digits before the decimal point.'],
    ['price', '-1', 'min_value', 'Ensure this value is greater than or equal to 0.'],
    ['price', '1e2', 'invalid', 'A valid number is required.'],
    ['price', '', 'invalid', 'A valid number is required.'],
    ['price', '.', 'invalid', 'A valid number is required.'],
    ['share', '100.01', 'max_value', 'Ensure this value is less than or equal to 100.'],
    ['flag', 'true', 'invalid', 'Must be a valid boolean.'],
    ['flag', 1, 'invalid', 'Must be a valid boolean.'],
    [
      'moment',
      'yesterday',
      'invalid',
      'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
    ],
    ['day', '2023-02-29', 'invalid', 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'],
    ['day', '2023-02-01T00:00:00Z', 'invalid', 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'],
    ['hour', '24:00', 'invalid', 'Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].'],
    ['data', { a: 'x\0' }, 'invalid', 'Value must be valid JSON.'],
    ['token', 'abc', 'invalid', 'Must be a valid UUID.'],
    ['mail', 'a@b', 'invalid', 'Enter a valid email address.'],
    ['link', 'javascript:alert(1)', 'invalid', 'Enter a valid URL.'],
    ['link', 'http://', 'invalid', 'Enter a valid URL.'],
    ['phone', 'call me', 'invalid', 'Enter a valid phone number.'],
    ['slug', 'a b', 'invalid', 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'],
    ['address', '1.2.3.256', 'invalid', 'Enter a valid IPv4 or IPv6 address.'],
    ['color', 'red', 'invalid', 'Enter a valid color.'],
    ['state', 'z', 'invalid_choice', '"z" is not a valid choice.'],
    ['level', '1', 'invalid_choice', '"1" is not a valid choice.'],
    ['parent', 'x', 'incorrect_type', 'Incorrect type. Expected pk value, received str.'],
    ['parent', { id: 1 }, 'incorrect_type', 'Incorrect type. Expected pk value, received dict.'],
    ['parent', true, 'incorrect_type', 'Incorrect type. Expected pk value, received bool.'],
    ['parent', 3_000_000_000, 'does_not_exist', 'Invalid pk "3000000000" - object does not exist.'],
    ['friends', 'x', 'not_a_list', 'Expected a list of items but got type "str".'],
    ['friends', [1, 'x'], 'incorrect_type', 'Incorrect type. Expected pk value, received str.'],
  ])('%s refuses %p as %s', (name, value, code, message) => {
    expect(fromJson(name, value)).toEqual({ errors: [{ code, message }] });
  });

  test('JSON that is nested too deep is refused without overflowing the stack', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 50_000; depth++) deep = [deep];
    expect(fromJson('data', deep).errors?.[0]?.code).toBe('invalid');
  });
});

describe('texts of a query string or a path', () => {
  test.each<[string, string, unknown]>([
    ['whole', '-7', -7],
    ['whole', '+7', 7],
    ['big', '9007199254740993', 9007199254740993n],
    ['ratio', '1.5e3', 1500],
    ['price', '1.5', '1.50'],
    ['flag', 'True', true],
    ['flag', '0', false],
    ['level', '2', 2],
    ['parent', '7', 7],
    ['data', '{"a":1}', { a: 1 }],
    ['day', '2026-01-02', '2026-01-02'],
  ])('%s reads "%s"', (name, text, expected) => {
    expect(fromText(name, text)).toEqual({ value: expected });
  });

  test.each([
    ['whole', '1e3'],
    ['whole', '0x10'],
    ['whole', '99999999999999999999'],
    ['whole', ' 7'],
    ['whole', ''],
    ['ratio', 'NaN'],
    ['ratio', 'Infinity'],
    ['ratio', '1e999'],
    ['flag', 'maybe'],
    ['level', ''],
    ['parent', '1 or 1=1'],
    ['parent', '99999999999'],
    ['data', '{'],
    ['token', 'x'],
  ])('%s refuses "%s"', (name, text) => {
    expect(fromText(name, text).errors).toHaveLength(1);
  });
});
