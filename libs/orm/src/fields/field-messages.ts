import { refuse } from './parse-outcome.js';

/** The refusals that fields share, with the codes and sentences that Django's users know. */
export const NULL = refuse('null', 'This field may not be null.');
export const BLANK = refuse('blank', 'This field may not be blank.');
export const NUL_CHARACTER = refuse('null_characters_not_allowed', 'Null characters are not allowed.');
export const NOT_A_STRING = refuse('invalid', 'Not a valid string.');
export const NOT_AN_INTEGER = refuse('invalid', 'A valid integer is required.');
export const NOT_A_NUMBER = refuse('invalid', 'A valid number is required.');
export const NOT_A_BOOLEAN = refuse('invalid', 'Must be a valid boolean.');
export const NOT_JSON = refuse('invalid', 'Value must be valid JSON.');

export function loneSurrogate(codeUnit: number) {
  const name = codeUnit.toString(16).toUpperCase();
  return refuse('surrogate_characters_not_allowed', `Surrogate characters are not allowed: U+${name}.`);
}

export function tooLong(limit: number) {
  return refuse('max_length', `Ensure this field has no more than ${limit} characters.`);
}

export function tooShort(limit: number) {
  return refuse('min_length', `Ensure this field has at least ${limit} characters.`);
}

export function tooLarge(limit: number | bigint | string) {
  return refuse('max_value', `Ensure this value is less than or equal to ${limit}.`);
}

export function tooSmall(limit: number | bigint | string) {
  return refuse('min_value', `Ensure this value is greater than or equal to ${limit}.`);
}

export function notBelow(limit: number | bigint | string) {
  return refuse('less_than', `Ensure this value is less than ${limit}.`);
}

export function notAbove(limit: number | bigint | string) {
  return refuse('greater_than', `Ensure this value is greater than ${limit}.`);
}

export function invalidChoice(value: string) {
  return refuse('invalid_choice', `"${value}" is not a valid choice.`);
}

export function notAList(value: unknown) {
  return refuse('not_a_list', `Expected a list of items but got type "${typeName(value)}".`);
}

export function incorrectType(value: unknown) {
  return refuse('incorrect_type', `Incorrect type. Expected pk value, received ${typeName(value)}.`);
}

export function doesNotExist(pk: unknown) {
  return refuse('does_not_exist', `Invalid pk "${String(pk)}" - object does not exist.`);
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (value === null) return 'NoneType';
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    default:
      return 'dict';
  }
}
