import { STATUS_CODES } from 'node:http';
import { ERROR_MEMBER_SCHEMAS, ERROR_SCHEMA } from '@core-framework/common';
import type { ErrorFormat, ErrorRenderer } from './error-renderer.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** `{ detail, code, errors?, requestId }`. */
const detail: ErrorRenderer = {
  contentType: JSON_TYPE,
  schema: ERROR_SCHEMA,
  render: ({ detail, code, errors }, { requestId }) => ({ detail, code, ...(errors && { errors }), requestId }),
};

/** Problem details of RFC 9457, with the same members beside the standard ones. */
const problem: ErrorRenderer = {
  contentType: 'application/problem+json; charset=utf-8',
  schema: {
    type: 'object',
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      ...ERROR_MEMBER_SCHEMAS,
    },
    required: ['type', 'title', 'status', 'detail', 'code'],
  },
  render: ({ status, detail, code, errors }, { requestId }) => ({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(errors && { errors }),
    requestId,
  }),
};

/** `{ success: false, message, code, errors }`; an object as detail is kept beside its own message. */
const envelope: ErrorRenderer = {
  contentType: JSON_TYPE,
  schema: {
    type: 'object',
    properties: {
      success: { const: false },
      message: { type: 'string' },
      ...ERROR_MEMBER_SCHEMAS,
      detail: { type: 'object', additionalProperties: true },
    },
    required: ['success', 'message', 'code', 'errors'],
  },
  render: ({ detail, code, errors }, { requestId }) => ({
    success: false,
    message: messageOf(detail) ?? code,
    code,
    ...(typeof detail !== 'string' && { detail }),
    errors: errors ?? {},
    requestId,
  }),
};

function messageOf(detail: string | Readonly<Record<string, unknown>>): string | undefined {
  if (typeof detail === 'string') return detail;
  return typeof detail.message === 'string' ? detail.message : undefined;
}

/** The renderers by the names of `ERROR_FORMAT`. */
export const errorFormats: Readonly<Record<ErrorFormat, ErrorRenderer>> = { detail, problem, envelope };
