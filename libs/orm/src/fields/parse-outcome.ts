import type { FieldError } from '@core-framework/common';

/** What became of a value that came from outside: typed and safe to store, or the reasons why not. */
export type ParseOutcome<T = unknown> =
  | { readonly value: T; readonly errors?: undefined }
  | { readonly errors: readonly FieldError[]; readonly value?: undefined };

/** Turns a value from outside into the field's own type; never throws. */
export type ValueParser<T = unknown> = (value: unknown) => ParseOutcome<T>;

/** Refuses with one error. */
export function refuse(code: string, message: string): { readonly errors: readonly FieldError[] } {
  return { errors: [{ code, message }] };
}

export function accept<T>(value: T): ParseOutcome<T> {
  return { value };
}
