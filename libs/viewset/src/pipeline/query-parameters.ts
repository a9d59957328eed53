import { type FieldError, InvalidInputException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

/**
 * Reads a query string of which every name must be known and said once.
 *
 * @throws InvalidInputException that names every parameter which is not.
 */
export function readQuery(
  request: FastifyRequest,
  known: (name: string) => boolean,
): Readonly<Record<string, string | undefined>> {
  const errors: [string, FieldError[]][] = [];
  const query = request.query as Readonly<Record<string, string | string[]>>;
  for (const name of Object.keys(query)) {
    if (!known(name))
      errors.push([name, [{ code: 'unknown_parameter', message: 'This query parameter is not known here.' }]]);
    else if (typeof query[name] !== 'string') errors.push([name, [{ code: 'repeated', message: 'Name it once.' }]]);
  }
  if (errors.length) throw new InvalidInputException(Object.fromEntries(errors), 'The query is not valid.');
  return query as Readonly<Record<string, string | undefined>>;
}
