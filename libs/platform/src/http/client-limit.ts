import {
  clientAddressOf,
  rateLimitHeaders,
  throttled,
  Throttling,
  type ThrottleStanding,
} from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ANSWERS_WHILE_DRAINING } from './core-fastify.adapter.js';

/**
 * Holds each client to `RATE_LIMIT_REQUESTS` in `RATE_LIMIT_WINDOW` seconds, whoever it claims to be and whatever it is
 * answered: a guess at a password that is refused counts like any other request. Health checks are not counted.
 */
@Injectable()
export class ClientLimit implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly settings: CoreSettings,
    private readonly throttling: Throttling,
  ) {}

  /** By now the hook of CORS is there and runs first, so that scripts of other origins may read the 429. */
  onModuleInit(): void {
    const { rateLimitEnabled, rateLimitRequests, rateLimitWindow } = this.settings;
    if (!rateLimitEnabled) return;
    const limit = { limit: rateLimitRequests, windowMs: rateLimitWindow * 1000 };
    const scope = `client:${rateLimitRequests}/${rateLimitWindow}`;
    this.host.httpAdapter.getInstance<FastifyInstance>().addHook('onRequest', (request, reply, done) => {
      if (ANSWERS_WHILE_DRAINING in request.routeOptions.config) return done();
      const standing = this.throttling.hit(`${scope}:${clientAddressOf(request)}`, limit);
      if (standing instanceof Promise) standing.then((known) => done(refusal(known, reply)), done);
      else done(refusal(standing, reply));
    });
  }
}

/** Tells the client where it stands, by the names in use today and by those that are to become a standard. */
function refusal(standing: ThrottleStanding, reply: FastifyReply): Error | undefined {
  reply.headers(rateLimitHeaders(standing, 'x-ratelimit')).headers(rateLimitHeaders(standing));
  return standing.allowed ? undefined : throttled(standing);
}
