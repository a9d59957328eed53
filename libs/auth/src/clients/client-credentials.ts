import { BadRequestException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

/** What a service shows to prove who it is. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** Members of a form by which a client may name itself. */
export interface ClientMembers {
  readonly client_id?: string;
  readonly client_secret?: string;
}

const BASIC = /^basic +(?<encoded>[\w+/=-]*)$/i;

/**
 * The credentials of a request: HTTP Basic, or members of its form (RFC 6749, section 2.3.1).
 *
 * @throws BadRequestException when it carries both.
 */
export function clientCredentialsOf(
  { headers }: FastifyRequest,
  members: ClientMembers,
): ClientCredentials | undefined {
  const basic = BASIC.exec(headers.authorization ?? '')?.groups?.encoded;
  const { client_id: id, client_secret: secret } = members;
  if (basic === undefined) return id !== undefined && secret !== undefined ? { id, secret } : undefined;
  if (secret !== undefined) {
    throw new BadRequestException('The client shows its secret twice.', { code: 'invalid_request' });
  }
  const text = Buffer.from(basic, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
}

/** Both halves are written as in a form. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
