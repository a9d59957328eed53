import { BadRequestException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

const BEARER = /^bearer(?: +(?<token>.*))?$/is;

/**
 * The token of `Authorization: Bearer`, `undefined` when a request carries none.
 *
 * @throws BadRequestException when it carries several.
 */
export function bearerTokenOf({ headers, raw }: FastifyRequest): string | undefined {
  if ((raw.headersDistinct?.authorization?.length ?? 0) > 1) {
    throw new BadRequestException('The request carries more than one Authorization header.');
  }
  const match = BEARER.exec(headers.authorization ?? '');
  return match ? (match.groups?.token ?? '') : undefined;
}
