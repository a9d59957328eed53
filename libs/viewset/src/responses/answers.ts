import { ApiException, type FieldErrors } from '@core-framework/common';
import { type Envelope, envelopeOf } from './envelope.js';

/** Data for {@link success}. */
export interface SuccessOptions<D, M extends object> {
  readonly data: D;
  /** @defaultValue 'Operation successful' */
  readonly message?: string;
  readonly meta?: M;
}

/** What {@link error} tells. */
export interface ErrorOptions {
  readonly message: string;
  /** Stable and meant for programs. */
  readonly code: string;
  /** @defaultValue 400 */
  readonly status?: number;
  readonly errors?: FieldErrors;
}

/** A page by number. */
export interface NumberedPage<T> {
  readonly items: readonly T[];
  readonly page: number;
  readonly per_page: number;
  readonly total: number;
}

/** A page by the number of rows before it. */
export interface SkippedPage<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly skip: number;
  readonly limit: number;
  readonly has_next: boolean;
}

/** Makes the success body of a handler that is written by hand: `{ success, message, data }`. */
export function success<D, M extends object = object>({ data, message, meta }: SuccessOptions<D, M>): Envelope<D, M> {
  return envelopeOf(data, message, meta);
}

/**
 * Makes the error that a handler throws to answer with a status and a code of its own; what it looks like is decided by
 * `ERROR_FORMAT`, as for all errors.
 *
 * @example
 * throw error({ message: 'Not found', code: 'NOT_FOUND', status: 404 });
 */
export function error({ message, code, status = 400, errors }: ErrorOptions): ApiException {
  return ApiException.from({ status, code, detail: message, ...(errors && { errors }) });
}

/** Makes the page of a handler that is written by hand, by number or by the number of rows before it. */
export function paginated<T>(page: {
  readonly items: readonly T[];
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
}): NumberedPage<T>;
export function paginated<T>(page: {
  readonly items: readonly T[];
  readonly skip: number;
  readonly limit: number;
  readonly total: number;
}): SkippedPage<T>;
export function paginated<T>(given: {
  readonly items: readonly T[];
  readonly total: number;
  readonly page?: number;
  readonly perPage?: number;
  readonly skip?: number;
  readonly limit?: number;
}): NumberedPage<T> | SkippedPage<T> {
  const { items, total, page = 1, perPage, skip = 0, limit = items.length } = given;
  if (perPage !== undefined) return { items, page, per_page: perPage, total };
  return { items, total, skip, limit, has_next: skip + limit < total };
}
