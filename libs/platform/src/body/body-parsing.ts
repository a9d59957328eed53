import { LAZY_BODY_ROUTE, LazyBody } from '@core-framework/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readBody } from './read-body.js';
import { drainAfterAnswer } from './unread-body.js';

const WELL_FORMED = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/**
 * Puts one parser in the place of Fastify's own. It reads nothing: routes that carry {@link LAZY_BODY_ROUTE}, and
 * requests without a route, keep the {@link LazyBody}; for all others it is read before validation.
 *
 * A parser added later for a media type of its own (multipart) goes before this one.
 */
export function installBodyParsing(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request, payload, done) => {
    done(null, new LazyBody(() => readBody(request.headers, payload, request.routeOptions.bodyLimit)));
  });

  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const { headers } = request;
    // Fastify refuses such a type before any handler could ask for credentials; ours refuses this one in its turn.
    if (headers['content-type'] !== undefined && !WELL_FORMED.test(headers['content-type'])) {
      headers['content-type'] = 'application/octet-stream';
    }
    done(null, payload);
  });

  // Here and not in the parser: Fastify closes the connection when a parser fails.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { body } = request;
    if (!(body instanceof LazyBody) || staysLazy(request)) return done();
    body.read().then((value) => {
      request.body = value;
      done();
    }, done);
  });

  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.raw.complete === false) drainAfterAnswer(request.raw, reply.raw);
    done(null, payload);
  });
}

function staysLazy(request: FastifyRequest): boolean {
  return request.is404 || LAZY_BODY_ROUTE in request.routeOptions.config;
}
