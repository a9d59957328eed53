import { createHash, timingSafeEqual } from 'node:crypto';
import { UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import { clientCredentialsOf, type ClientMembers } from './client-credentials.js';

const PAIR = /^(?<id>[\w.-]{1,100}):(?<secret>[\x21-\x7e]{24,200})$/;
const NO_CLIENT = digestOf('of no client');

/** The services that may ask about tokens, by the secrets that `AUTH_CLIENTS` gives them. */
@Injectable()
export class RegisteredClients {
  readonly #digests: ReadonlyMap<string, Buffer>;

  constructor(
    @Inject(RESOLVED_AUTH_OPTIONS) { clients }: ResolvedAuthOptions,
    private readonly throttle: CredentialThrottle,
  ) {
    this.#digests = new Map(clients.map(read));
  }

  /**
   * Answers the id of the service that asks.
   *
   * @throws UnauthorizedException for one that is not known, RateLimitException when it guessed too often.
   */
  async authenticate(request: FastifyRequest, members: ClientMembers): Promise<string> {
    const credentials = clientCredentialsOf(request, members);
    const digest = this.#digests.get(credentials?.id ?? '');
    const matches = timingSafeEqual(digestOf(credentials?.secret ?? ''), digest ?? NO_CLIENT);
    if (credentials && digest && matches) return credentials.id;
    // Only failures count: a service asks as often as it has requests.
    if (credentials) await this.throttle.attempt(request, `client:${credentials.id}`);
    throw new UnauthorizedException('The client is not known.', {
      code: 'invalid_client',
      headers: { 'www-authenticate': 'Basic realm="clients", charset="UTF-8"' },
    });
  }
}

function read(pair: string): [string, Buffer] {
  const { id = '', secret = '' } = PAIR.exec(pair)?.groups ?? {};
  if (id) return [id, digestOf(secret)];
  throw new AuthOptionsError(
    'AuthModule: one of clients is no pair of id:secret with a secret of 24 characters or more.',
    'Write AUTH_CLIENTS=order-api:$(openssl rand -hex 32).',
  );
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
