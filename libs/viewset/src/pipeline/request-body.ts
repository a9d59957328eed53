import { LazyBody } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

/**
 * The parsed body of a request: read now when the platform left it unread, else as it is.
 *
 * @throws ParseException, PayloadTooLargeException, UnsupportedMediaTypeException
 */
export async function readBody({ body }: FastifyRequest): Promise<unknown> {
  return body instanceof LazyBody ? body.read() : body;
}
