import type { ClientAnswer } from '../errors/client-answer.js';
import { ApiException, type ApiExceptionOptions } from './api.exception.js';

type Detail = ClientAnswer['detail'];

/** Answers 404: the thing asked for does not exist, or the caller may not know that it does. */
export class NotFoundException extends ApiException {
  constructor(detail: Detail = 'Not found.', options?: ApiExceptionOptions) {
    super(404, detail, { code: 'not_found', ...options });
  }
}

/** Answers 400: the request makes no sense as it stands. */
export class BadRequestException extends ApiException {
  constructor(detail: Detail = 'Bad request.', options?: ApiExceptionOptions) {
    super(400, detail, { code: 'bad_request', ...options });
  }
}

/** Answers 401 with a `WWW-Authenticate` challenge (`Bearer` unless the options name another one). */
export class UnauthorizedException extends ApiException {
  constructor(detail: Detail = 'Authentication credentials were not provided.', options?: ApiExceptionOptions) {
    super(401, detail, {
      code: 'not_authenticated',
      ...options,
      headers: { 'www-authenticate': 'Bearer', ...options?.headers },
    });
  }
}

/** Answers 403: the caller is known and may not do this. */
export class ForbiddenException extends ApiException {
  constructor(detail: Detail = 'You do not have permission to perform this action.', options?: ApiExceptionOptions) {
    super(403, detail, { code: 'permission_denied', ...options });
  }
}

/** Answers 409: the state of the resource does not allow this. */
export class ConflictException extends ApiException {
  constructor(detail: Detail = 'The request conflicts with the state of the resource.', options?: ApiExceptionOptions) {
    super(409, detail, { code: 'conflict', ...options });
  }
}

/** Answers 422: a rule of the application refuses data that is well formed. Schemas answer 400 by themselves. */
export class ValidationException extends ApiException {
  constructor(detail: Detail = 'The data is not acceptable.', options?: ApiExceptionOptions) {
    super(422, detail, { code: 'validation_error', ...options });
  }
}

/** Answers 429, with `Retry-After` in whole seconds when the wait is known. */
export class RateLimitException extends ApiException {
  constructor(
    detail: Detail = 'Request was throttled.',
    { retryAfter, ...options }: ApiExceptionOptions & { /** Seconds. */ readonly retryAfter?: number } = {},
  ) {
    super(429, detail, {
      code: 'throttled',
      ...options,
      headers: {
        ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
        ...options.headers,
      },
    });
  }
}

/** Answers 503: something that this service depends on is not there. */
export class ServiceUnavailableException extends ApiException {
  constructor(detail: Detail = 'The service is temporarily unavailable.', options?: ApiExceptionOptions) {
    super(503, detail, { code: 'service_unavailable', ...options });
  }
}
