import { type FieldError, InvalidInputException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

/** A query string by parameter; one that is named several times has all its values. */
type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is wrong with parameters of a query string, by name. */
export type ParameterErrors = [name: string, errors: readonly FieldError[]][];

/** Names what is not known, and what is said more than once. */
export function parameterErrors(request: FastifyRequest, known: (name: string) => boolean): ParameterErrors {
  const errors: ParameterErrors = [];
  const query = request.query as RawQuery;
  for (const name of Object.keys(query)) {
    if (!known(name))
      errors.push([name, [{ code: 'unknown_parameter', message: 'This query parameter is not known here.' }]]);
    else if (typeof query[name] !== 'string') errors.push([name, [{ code: 'repeated', message: 'Name it once.' }]]);
  }
  return errors;
}

/** @throws InvalidInputException unless there are no errors. */
export function refuseParameters(errors: ParameterErrors): void {
  if (errors.length) throw new InvalidInputException(Object.fromEntries(errors), 'The query is not valid.');
}

/**
 * Reads a query string of which every name must be known and said once.
 *
 * @throws InvalidInputException that names every parameter which is not.
 */
export function readQuery(
  request: FastifyRequest,
  known: (name: string) => boolean,
): Readonly<Record<string, string | undefined>> {
  refuseParameters(parameterErrors(request, known));
  return request.query as Readonly<Record<string, string | undefined>>;
}
