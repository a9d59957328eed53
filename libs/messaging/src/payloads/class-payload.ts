import {
  ClassRules,
  type FieldError,
  InvalidInputException,
  NON_FIELD_ERRORS,
  type PayloadSchema,
} from '@core-framework/common';
import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';

/** Compiles a class with rules of class-validator. */
export function classPayload(type: Type<object>): PayloadSchema {
  return {
    schema: ClassRules.of(type).schema,
    read: async (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new InvalidInputException({ [NON_FIELD_ERRORS]: [{ code: 'invalid', message: 'It is no object.' }] });
      }
      const payload = plainToInstance(type, value);
      const problems = await validate(payload, { whitelist: true, forbidUnknownValues: true });
      if (problems.length > 0) throw new InvalidInputException(Object.fromEntries(problems.flatMap(errorsOf)));
      return payload;
    },
  };
}

/** Whether class-validator knows rules of a class. */
export function hasRules(type: Type<object>): boolean {
  return !ClassRules.of(type).isEmpty;
}

function errorsOf({ property, constraints = {}, children = [] }: ValidationError): [string, FieldError[]][] {
  const own = Object.entries(constraints).map(([code, message]) => ({ code, message }));
  const inner = children.flatMap((child) =>
    errorsOf(child).map(([path, found]) => [`${property}.${path}`, found] as const),
  );
  return [
    ...(own.length > 0 ? [[property, own] as [string, FieldError[]]] : []),
    ...inner.map(([path, found]) => [path, found] as [string, FieldError[]]),
  ];
}
