import {
  type FieldError,
  InvalidInputException,
  NON_FIELD_ERRORS,
  type PayloadSchema,
  schemaOfRules,
  type ValueSchema,
} from '@core-framework/common';
import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';

/** Compiles a class with rules of class-validator. */
export function classPayload(type: Type<object>): PayloadSchema {
  return {
    schema: schemaOf(type),
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
  return rulesOf(type).length > 0;
}

type Rule = ReturnType<typeof rulesOf>[number];

function rulesOf(type: Type<object>) {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
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

function schemaOf(type: Type<object>): ValueSchema {
  const rules = Map.groupBy(rulesOf(type), ({ propertyName }) => propertyName);
  const required = [...rules].filter(([, found]) => !found.some(({ name }) => name === 'isOptional'));
  return {
    type: 'object',
    properties: Object.fromEntries([...rules].map(([property, found]) => [property, schemaOfProperty(found)])),
    ...(required.length > 0 && { required: required.map(([property]) => property) }),
  };
}

/** Rules with `each` are about what a list holds. */
function schemaOfProperty(rules: readonly Rule[]): ValueSchema {
  const [itself, items] = [false, true].map((each) =>
    schemaOfRules(
      new Map(
        rules
          .filter((rule) => (rule.each ?? false) === each)
          .map(({ name, type, constraints }) => [name ?? type, (constraints ?? []) as unknown[]]),
      ),
    ),
  );
  return rules.some(({ each }) => each) ? { ...itself, type: 'array', items } : { ...itself };
}
