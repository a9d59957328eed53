import type { FieldErrors } from '../errors/client-answer.js';
import { ApiException } from './api.exception.js';

/** Answers 400 with the errors of the input by field. */
export class InvalidInputException extends ApiException {
  constructor(errors: FieldErrors, detail = 'The input is not valid.') {
    super(400, detail, { code: 'invalid_input', errors });
  }
}

/** Answers 400: the body is not what its media type says. */
export class ParseException extends ApiException {
  constructor(detail: string, cause?: unknown) {
    super(400, detail, { code: 'parse_error', cause });
  }
}

/** Answers 405 with the verbs that the path knows in `Allow`. */
export class MethodNotAllowedException extends ApiException {
  constructor(method: string, allow: readonly string[]) {
    super(405, `Method "${method}" not allowed.`, { code: 'method_not_allowed', headers: { allow: allow.join(', ') } });
  }
}

/** Answers 412: the resource is no longer in the version that the caller named. */
export class PreconditionFailedException extends ApiException {
  constructor(detail = 'The resource has changed since it was read.') {
    super(412, detail, { code: 'precondition_failed' });
  }
}

/** Answers 413: the body is larger than the route allows. */
export class PayloadTooLargeException extends ApiException {
  constructor(limit: number) {
    super(413, `The body is larger than ${limit} bytes.`, { code: 'payload_too_large' });
  }
}

/** Answers 415: nothing here reads this media type. */
export class UnsupportedMediaTypeException extends ApiException {
  constructor(mediaType: string) {
    super(415, `Unsupported media type "${mediaType}" in request.`, { code: 'unsupported_media_type' });
  }
}
