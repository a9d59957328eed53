import type { FastifyRequest } from 'fastify';
import { withoutOrigin } from '../routing/request-path.js';

/** The address of a request with other values for some query parameters; `null` drops a parameter. */
export function linkWith(request: FastifyRequest, changes: Readonly<Record<string, string | null>>): string {
  const [path, query = ''] = splitAtFirst(withoutOrigin(request.originalUrl), '?');
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
  }
  const rest = parameters.size ? `?${parameters.toString()}` : '';
  return `${originOf(request)}${path}${rest}`;
}

/** Where clients reach this server; nothing for a client of HTTP/1.0 that does not tell. */
export function originOf({ protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return host ? `${protocol}://${host}` : '';
}

function splitAtFirst(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
