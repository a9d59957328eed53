import { HttpException } from '@nestjs/common';
import type { ClientAnswer, FieldErrors } from '../errors/client-answer.js';

/** What an {@link ApiException} may say beyond its detail. */
export interface ApiExceptionOptions {
  /** Replaces the class's own code; snake_case. */
  readonly code?: string;
  readonly errors?: FieldErrors;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * Base of the exceptions that answer a request: status, code, detail, field errors and headers.
 *
 * It is a Nest `HttpException`, so guards, interceptors and filters treat it as one, and an application
 * without the platform's renderer still answers with `detail`, `code` and `errors`.
 */
export class ApiException extends HttpException {
  /** What the client is told. */
  readonly client: ClientAnswer;

  constructor(
    status: number,
    detail: ClientAnswer['detail'],
    options: ApiExceptionOptions & { readonly code: string },
  ) {
    const { code, errors, headers, cause } = options;
    super({ detail, code, ...(errors && { errors }) }, status, { cause });
    this.name = new.target.name;
    this.message = typeof detail === 'string' ? detail : code;
    this.client = { status, code, detail, errors, headers };
  }

  /** Makes an exception of the answer that another error carries. */
  static from({ status, detail, ...rest }: ClientAnswer, cause?: unknown): ApiException {
    return new ApiException(status, detail, { ...rest, cause });
  }
}
