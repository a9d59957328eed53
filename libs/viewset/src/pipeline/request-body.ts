import { announcesForm, LazyBody, UnsupportedMediaTypeException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

/**
 * The parsed body of a request: read now when the platform left it unread, else as it is. Forms are refused unless the
 * action takes them.
 *
 * @throws ParseException, PayloadTooLargeException, UnsupportedMediaTypeException
 */
export function readBody({ body, headers }: FastifyRequest, takesForms: boolean): unknown {
  if (!takesForms && body !== undefined && announcesForm(headers)) {
    throw new UnsupportedMediaTypeException(headers['content-type'] ?? '');
  }
  return body instanceof LazyBody ? body.read() : body;
}
