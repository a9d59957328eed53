import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { TokenBackend } from './token-backend.js';

const PATH = '/.well-known/jwks.json';
/** Seconds that others may keep the keys; a coming key has to be published for that long before it signs. */
const MAX_AGE = 300;

/** Publishes the keys by which others verify access tokens, at the root and whatever guards the application has. */
@Injectable()
export class JwksRoute implements OnModuleInit {
  constructor(
    @Inject(TokenBackend) private readonly backend: TokenBackend,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const keys = this.backend.publicKeys;
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    if (!keys || !fastify) return;
    // As bytes: to text Fastify adds a charset, which the type has not.
    const body = Buffer.from(JSON.stringify({ keys }));
    fastify.get(PATH, (_request, reply) =>
      reply.header('cache-control', `public, max-age=${MAX_AGE}`).type('application/jwk-set+json').send(body),
    );
  }
}
