import type { FieldError } from '@core-framework/common';
import { validate, type ValidationError } from 'class-validator';
import { UNKNOWN_FIELD } from './input-problems.js';

/**
 * The rules of class-validator that an instance breaks, by dotted path; properties that are absent are not judged. Of
 * nested objects, keys that their class has no rule for are errors too; those of the object itself are the caller's
 * concern, who knows the model's fields.
 */
export async function brokenRules(instance: object): Promise<[path: string, errors: FieldError[]][]> {
  const found = await validate(instance, OPTIONS);
  return found.filter(({ constraints }) => !constraints?.[UNKNOWN]).flatMap((error) => errorsOf(error));
}

const OPTIONS = {
  forbidUnknownValues: false,
  skipUndefinedProperties: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  validationError: { target: false },
};
/** What class-validator calls the rule that a key without rules breaks. */
const UNKNOWN = 'whitelistValidation';

function errorsOf({ property, constraints, children }: ValidationError, parent = ''): [string, FieldError[]][] {
  const path = `${parent}${property}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) =>
    rule === UNKNOWN ? UNKNOWN_FIELD : { code: snakeCase(rule), message },
  );
  const nested = (children ?? []).flatMap((child) => errorsOf(child, `${path}.`));
  return own.length ? [[path, own], ...nested] : nested;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
