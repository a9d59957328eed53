import type { FieldError } from '@core-framework/common';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import { UNKNOWN_FIELD } from './input-problems.js';

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

  /**
   * The names of a property's rules with their arguments, as far as they can be shown in a schema: those of the value, or
   * those of each of its items.
   */
  rulesOf(property: string, of: 'value' | 'items' = 'value'): ReadonlyMap<string, readonly unknown[]> {
    const rules = this.#rules.filter(
      ({ propertyName, each }) => propertyName === property && Boolean(each) === (of === 'items'),
    );
    return new Map(
      rules.map(({ name, type, constraints }) => [name ?? type, (constraints as unknown[] | undefined) ?? []]),
    );
  }

  /**
   * Errors by dotted path; properties that are absent are not judged. Of nested objects, keys that their class has no
   * rule for are errors too; those of the object itself are the caller's concern, who knows the model's fields.
   */
  async check(instance: object): Promise<[path: string, errors: FieldError[]][]> {
    const found = await validate(instance, OPTIONS);
    return found.filter(({ constraints }) => !constraints?.[UNKNOWN]).flatMap((error) => errorsOf(error));
  }
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
