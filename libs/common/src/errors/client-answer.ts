/** One thing that is wrong with one field: a stable code and a sentence for people. */
export interface FieldError {
  readonly code: string;
  readonly message: string;
}

/**
 * The errors of an input by field. Nested fields use a dotted path (`items.0.title`);
 * errors of the object as a whole stand under {@link NON_FIELD_ERRORS}.
 */
export type FieldErrors = Readonly<Record<string, readonly FieldError[]>>;

/** The key under which errors stand that belong to no single field. */
export const NON_FIELD_ERRORS = 'nonFieldErrors';

/** Everything a client may be told about an error, before a renderer gives it a shape. */
export interface ClientAnswer {
  /** HTTP status, 4xx or 5xx. */
  readonly status: number;
  /** Stable, machine-readable, snake_case. */
  readonly code: string;
  /** A sentence, or an object where the contract names one (`invalid_lookup_value`). */
  readonly detail: string | Readonly<Record<string, unknown>>;
  readonly errors?: FieldErrors;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Finds what an error lets clients know; `undefined` means 500 and nothing more. */
export function clientAnswerOf(error: unknown): ClientAnswer | undefined {
  return error instanceof Error && 'client' in error ? (error.client as ClientAnswer | undefined) : undefined;
}
