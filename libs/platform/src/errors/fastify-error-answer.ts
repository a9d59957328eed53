import { STATUS_CODES } from 'node:http';
import { type ClientAnswer, type FieldErrors, NON_FIELD_ERRORS } from '@core-framework/common';
import { codeOfStatus } from './status-codes.js';

/** An error that carries a status: Fastify's own, those of its plugins and of the `http-errors` library. */
interface StatusError extends Error {
  readonly statusCode: number;
  readonly code?: string;
  readonly expose?: boolean;
  readonly validation?: readonly { readonly instancePath: string; readonly message?: string }[];
}

/** What Fastify found, in our words: its own name internals or echo what was sent. */
const KNOWN: Readonly<Record<string, Pick<ClientAnswer, 'code' | 'detail'>>> = {
  FST_ERR_BAD_URL: { code: 'bad_request', detail: 'The URL is malformed.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'uri_too_long', detail: 'A part of the path is too long.' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload_too_large', detail: 'The body is too large.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type', detail: 'Unsupported media type in request.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'parse_error', detail: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'parse_error', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'parse_error', detail: 'The body is not as long as announced.' },
};

/** Reads errors of the HTTP layer below Nest; `undefined` for any other error and for faults of the server. */
export function fastifyErrorAnswer(error: unknown): ClientAnswer | undefined {
  if (!isStatusError(error) || error.statusCode >= 500) return undefined;
  const { statusCode: status, code, validation } = error;
  if (validation) {
    return { status, code: 'invalid_input', detail: 'The input is not valid.', errors: fieldsOf(validation) };
  }
  const known = code === undefined ? undefined : KNOWN[code];
  if (known) return { status, ...known };
  return {
    status,
    code: codeOfStatus(status),
    detail: error.expose === true ? error.message : `${STATUS_CODES[status] ?? 'Error'}.`,
  };
}

function fieldsOf(validation: NonNullable<StatusError['validation']>): FieldErrors {
  const fields: Record<string, { code: string; message: string }[]> = {};
  for (const { instancePath, message = 'Invalid.' } of validation) {
    const path = instancePath.slice(1).replaceAll('/', '.') || NON_FIELD_ERRORS;
    (fields[path] ??= []).push({ code: 'invalid', message });
  }
  return fields;
}

function isStatusError(error: unknown): error is StatusError {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return false;
  const { statusCode } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return statusCode >= 400 && statusCode < 600 && (code.startsWith('FST_') || 'expose' in error);
}
