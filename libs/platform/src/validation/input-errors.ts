import type { FieldError, FieldErrors } from '@core-framework/common';
import type { ValidationError } from '@nestjs/common';

/** Codes of the class-validator rules that have a name of their own in the contract; all others are `invalid`. */
const CODES: Readonly<Record<string, string>> = {
  isDefined: 'required',
  isNotEmpty: 'blank',
  minLength: 'min_length',
  maxLength: 'max_length',
  min: 'min_value',
  max: 'max_value',
  isEnum: 'invalid_choice',
  isIn: 'invalid_choice',
  whitelistValidation: 'unknown_field',
};

/** Flattens what class-validator found into errors by dotted path. */
export function inputErrors(errors: readonly ValidationError[]): FieldErrors {
  const fields: Record<string, FieldError[]> = {};
  collect(errors, '', fields);
  return fields;
}

function collect(errors: readonly ValidationError[], parent: string, fields: Record<string, FieldError[]>): void {
  for (const { property, constraints, children, value } of errors) {
    const path = parent === '' ? property : `${parent}.${property}`;
    if (constraints)
      fields[path] = Object.entries(constraints).map(([rule, message]) => ({ code: codeOf(rule, value), message }));
    if (children) collect(children, path, fields);
  }
}

/** A missing value breaks every rule of its field; what is wrong is that it is missing. */
function codeOf(rule: string, value: unknown): string {
  if (rule === 'whitelistValidation') return 'unknown_field';
  if (value === undefined) return 'required';
  if (value === null) return 'null';
  return CODES[rule] ?? 'invalid';
}
