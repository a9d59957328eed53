import type { FieldError } from '@core-framework/common';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import type { AnyClass } from '../metadata/viewset.metadata.js';

type RuleMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** The class-validator rules of a class: what they speak of, and a check of an instance against them. */
export class ClassRules {
  readonly #rules: readonly RuleMetadata[];

  constructor(readonly schema: AnyClass) {
    this.#rules = getMetadataStorage().getTargetValidationMetadatas(schema, '', true, false);
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** The properties that rules speak of. */
  get properties(): ReadonlySet<string> {
    return new Set(this.#rules.map(({ propertyName }) => propertyName));
  }

  /** Whether a property carries `@IsOptional()`. */
  isOptional(property: string): boolean {
    return this.#rules.some(
      ({ propertyName, name, type }) => propertyName === property && (name ?? type) === 'isOptional',
    );
  }

  /** The names of a property's rules with their arguments, as far as they can be shown in a schema. */
  rulesOf(property: string): ReadonlyMap<string, readonly unknown[]> {
    const rules = this.#rules.filter(({ propertyName }) => propertyName === property);
    return new Map(
      rules.map(({ name, type, constraints }) => [name ?? type, (constraints as unknown[] | undefined) ?? []]),
    );
  }

  /** Errors by dotted path; properties that are absent are not judged. */
  async check(instance: object): Promise<[path: string, errors: FieldError[]][]> {
    const options = { forbidUnknownValues: false, skipUndefinedProperties: true, validationError: { target: false } };
    return (await validate(instance, options)).flatMap((error) => errorsOf(error));
  }
}

function errorsOf({ property, constraints, children }: ValidationError, parent = ''): [string, FieldError[]][] {
  const path = `${parent}${property}`;
  const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({ code: snakeCase(rule), message }));
  const nested = (children ?? []).flatMap((child) => errorsOf(child, `${path}.`));
  return own.length ? [[path, own], ...nested] : nested;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
