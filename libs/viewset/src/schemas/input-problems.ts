import { type FieldError, type FieldErrors, InvalidInputException, NON_FIELD_ERRORS } from '@core-framework/common';
import type { InputProblems } from './input-schema.js';

/** What is wrong with a key that no rule speaks of. */
export const UNKNOWN_FIELD: FieldError = { code: 'unknown_field', message: 'This field is not known here.' };

/** Collects what is wrong with an input, in the order in which it was found. */
export class InputErrors {
  readonly #errors = new Map<string, FieldError[]>();

  get isEmpty(): boolean {
    return this.#errors.size === 0;
  }

  add(field: string, errors: readonly FieldError[]): void {
    this.#errors.set(field, [...(this.#errors.get(field) ?? []), ...errors]);
  }

  /** Takes over what was found in a part of this input, below the part's path. */
  addBelow(path: string, part: InputErrors): void {
    this.addAll(below(path, part.fields));
  }

  addAll(errors: FieldErrors): void {
    for (const [field, found] of Object.entries(errors)) this.add(field, found);
  }

  /** Adds what a `validate()` answered. */
  addProblems(problems: InputProblems): void {
    if (typeof problems === 'string') return this.add(NON_FIELD_ERRORS, [invalid(problems)]);
    for (const [field, found] of Object.entries(problems)) {
      const list: readonly (string | FieldError)[] = typeof found === 'string' ? [found] : found;
      this.add(
        field,
        list.map((problem) => (typeof problem === 'string' ? invalid(problem) : problem)),
      );
    }
  }

  /** @throws InvalidInputException unless nothing was found. */
  throwIfAny(): void {
    if (!this.isEmpty) throw new InvalidInputException(this.fields);
  }

  get fields(): FieldErrors {
    // Keys come from clients; fromEntries makes even "__proto__" a plain key of its own.
    return Object.fromEntries(this.#errors);
  }
}

function invalid(message: string): FieldError {
  return { code: 'invalid', message };
}

/** Errors of a part of an input, below its path. */
export function below(path: string, errors: FieldErrors): FieldErrors {
  return Object.fromEntries(
    Object.entries(errors).map(([field, found]) => [field === NON_FIELD_ERRORS ? path : `${path}.${field}`, found]),
  );
}
