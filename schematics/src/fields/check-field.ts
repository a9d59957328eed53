import { FieldSyntaxError } from '../errors/generator.errors.js';
import { isDecimal, isFile, isNumber } from './field-rules.js';
import { type FieldRules, type FieldSpec, type FieldTypeName, isRelation } from './field-spec.js';

/** What models have already, by inheritance. */
const TAKEN = new Set(
  (
    'id createdAt updatedAt deletedAt constructor save delete refresh touch toDict softDelete restore isDeleted objects ' +
    'prototype hasOwnProperty toString valueOf then toJSON'
  ).split(' '),
);

type Check = (field: FieldSpec) => readonly [code: string, message: string, fix?: string] | undefined;

const isFree: Check = ({ name }) =>
  TAKEN.has(name)
    ? ['FIELD_NAME_TAKEN', `every model has "${name}" already.`, 'Leave it out, or choose another name.']
    : undefined;

const CHECKS: readonly Check[] = [
  ({ rules: { readOnly, writeOnly, hidden } }) =>
    [readOnly, writeOnly, hidden].filter(Boolean).length > 1
      ? ['FIELD_CONTRADICTION', 'readonly, writeonly and hidden exclude each other.', 'Leave all but one out.']
      : undefined,
  ({ type, rules }) =>
    (rules.readOnly || rules.hidden) && !rules.nullable && rules.default === undefined && type !== 'manyToMany'
      ? [
          'FIELD_NEVER_SET',
          `it is required, but ${rules.hidden ? 'hidden' : 'readonly'}: no client could make a row.`,
          'Add nullable or a default.',
        ]
      : undefined,
  ({ rules: { minLength = 0, maxLength = Infinity } }) =>
    minLength > maxLength
      ? ['FIELD_CONTRADICTION', `it is at least ${minLength} and at most ${maxLength} characters long.`]
      : undefined,
  ({ rules: { minLength, maxLength } }) =>
    [minLength, maxLength].some((length) => length !== undefined && (!Number.isInteger(length) || length < 0))
      ? ['FIELD_RULE_VALUE', 'a length is a whole number of characters.']
      : undefined,
  ({ rules: { maxLength } }) =>
    maxLength === 0 ? ['FIELD_RULE_VALUE', 'a text of at most 0 characters holds nothing.'] : undefined,
  ({ type, rules: { maxLength = 0 } }) =>
    type === 'string' && maxLength > 16_000
      ? ['FIELD_RULE_VALUE', `a string cannot be ${maxLength} characters long.`, 'Use text.']
      : undefined,
  ({ rules: { min = '-Infinity', max = 'Infinity', gt = '-Infinity', lt = 'Infinity' } }) =>
    Number(min) > Number(max) || Number(gt) >= Number(lt) || Number(gt) >= Number(max) || Number(min) >= Number(lt)
      ? ['FIELD_CONTRADICTION', 'there is no number between its limits.']
      : undefined,
  ({ type, rules: { min, max, gt, lt } }) =>
    (type === 'integer' || type === 'bigint') &&
    [min, max, gt, lt].some((value) => value !== undefined && !Number.isSafeInteger(Number(value)))
      ? ['FIELD_RULE_VALUE', `the limits of ${type} are whole numbers.`]
      : undefined,
  ({ type, rules: { gt, lt } }) =>
    (type === 'integer' || type === 'bigint') && gt !== undefined && lt !== undefined && Number(lt) - Number(gt) < 2
      ? ['FIELD_CONTRADICTION', 'there is no number between its limits.']
      : undefined,
  ({ type, rules: { min, max, gt, lt } }) =>
    type === 'integer' && [min, max, gt, lt].some((value) => value !== undefined && Math.abs(Number(value)) >= 2 ** 31)
      ? ['FIELD_RULE_VALUE', 'an integer has 32 bits.', 'Use bigint.']
      : undefined,
  ({ type, rules: { precision, scale, min, max, gt, lt } }) => {
    if (!isDecimal(type)) return undefined;
    const digits = scale ?? 2;
    if (digits > (precision ?? (type === 'percent' ? 5 : type === 'money' ? 12 : 10)) || precision === 0) {
      return ['FIELD_CONTRADICTION', 'it has more digits after the point than in all.'];
    }
    return [min, max, gt, lt].some((value) => (value?.split('.')[1]?.length ?? 0) > digits)
      ? ['FIELD_RULE_VALUE', `a limit has more than ${digits} digits after the point.`, 'Say scale as well.']
      : undefined;
  },
  ({ choices }) =>
    choices && new Set(choices).size < choices.length ? ['FIELD_RULE_VALUE', 'a choice is there twice.'] : undefined,
  ({ type, choices }) =>
    type === 'integer' && choices?.some((choice) => !/^-?\d+$/.test(choice))
      ? ['FIELD_RULE_VALUE', 'the choices of an integer are whole numbers.']
      : undefined,
  ({ choices, rules: { unique } }) =>
    choices && unique ? ['FIELD_CONTRADICTION', `it is unique, but has only ${choices.length} values.`] : undefined,
  ({ type, choices, rules }) => {
    const wrong = choices?.find((choice) => !isWithin(type, choice, rules));
    return wrong === undefined ? undefined : ['FIELD_CONTRADICTION', `its value "${wrong}" breaks its own rules.`];
  },
  (field) => wrongDefault(field),
  ({ rules: { onDelete, nullable } }) =>
    onDelete === 'setNull' && !nullable
      ? ['FIELD_CONTRADICTION', 'on deletion it is set to null, but it is not nullable.', 'Add nullable.']
      : undefined,
  ({ type, rules: { inverse } }) =>
    isRelation({ type }) && typeof inverse === 'string' && TAKEN.has(inverse)
      ? ['FIELD_NAME_TAKEN', `every model has "${inverse}" already.`, 'Choose another name for the other side.']
      : undefined,
  ({ type, rules: { default: value, unique } }) =>
    unique && value !== undefined && value !== 'random'
      ? ['FIELD_CONTRADICTION', `all rows would share the default of a unique ${type}.`, 'Leave one of the two out.']
      : undefined,
  ({ type, rules }) =>
    isFile(type) && rules.unique ? ['FIELD_RULE_NOT_FOR_TYPE', 'a file cannot be unique.'] : undefined,
];

const DEFAULTS: Readonly<Record<string, readonly [shape: RegExp, example: string]>> = {
  integer: [/^-?\d{1,10}$/, '0'],
  bigint: [/^-?\d{1,19}$/, '0'],
  float: [/^-?\d+(?:\.\d+)?$/, '0.5'],
  decimal: [/^-?\d+(?:\.\d+)?$/, '0.00'],
  money: [/^-?\d+(?:\.\d+)?$/, '0.00'],
  percent: [/^-?\d+(?:\.\d+)?$/, '0'],
  boolean: [/^(?:true|false)$/, 'false'],
  datetime: [/^(?:now|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)$/, 'now'],
  date: [/^(?:today|\d{4}-\d\d-\d\d)$/, 'today'],
  time: [/^\d\d:\d\d(?::\d\d)?$/, '09:00'],
  uuid: [/^(?:random|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i, 'random'],
  email: [/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'nobody@example.com'],
  url: [/^(?:https?|ftp):\/\/\S+$/, 'https://example.com'],
  phone: [/^\+?\d[\d ().-]{4,18}\d$/, '+15550100'],
  slug: [/^[-\w]+$/, 'a-slug'],
  ip: [/^[\da-f.:]+$/i, '127.0.0.1'],
  color: [/^#(?:[\da-f]{3}|[\da-f]{6}|[\da-f]{8})$/i, '#336699'],
};

function wrongDefault({ type, choices, rules }: FieldSpec): ReturnType<Check> {
  const value = rules.default;
  if (value === undefined) return undefined;
  if (type === 'json') {
    return isJson(value) ? undefined : ['FIELD_RULE_VALUE', `"${value}" is no JSON.`, 'Write default:"{}".'];
  }
  if (choices && !choices.includes(value)) {
    return ['FIELD_RULE_VALUE', `its default "${value}" is none of its values.`, `They are ${choices.join(', ')}.`];
  }
  const [shape, example] = DEFAULTS[type] ?? [/.*/s, ''];
  if (!shape.test(value)) {
    return ['FIELD_RULE_VALUE', `"${value}" is no default of ${type}.`, `Write default:${example}.`];
  }
  return isWithin(type, value, rules)
    ? undefined
    : ['FIELD_CONTRADICTION', `its default "${value}" breaks its own rules.`];
}

/** Whether a value, as it is written, meets the limits of a field. */
function isWithin(type: FieldTypeName, value: string, rules: FieldRules): boolean {
  const { minLength = 0, maxLength = Infinity, min, max, gt, lt } = rules;
  if (!isNumber(type)) return value === '' || (value.length >= minLength && value.length <= maxLength);
  const number = Number(value);
  return (
    number >= Number(min ?? -Infinity) &&
    number <= Number(max ?? Infinity) &&
    number > Number(gt ?? -Infinity) &&
    number < Number(lt ?? Infinity)
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @throws FieldSyntaxError when a field can have no value, or contradicts itself. */
export function checkField(text: string, field: FieldSpec, reserved = true): void {
  for (const check of reserved ? [isFree, ...CHECKS] : CHECKS) {
    const problem = check(field);
    if (problem) throw new FieldSyntaxError(problem[0], text, problem[1], problem[2]);
  }
}
