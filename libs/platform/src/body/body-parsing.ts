import {
  announcesForm,
  FORM_BODY_ROUTE,
  FORM_READER,
  LAZY_BODY_ROUTE,
  LazyBody,
  UnsupportedMediaTypeException,
} from '@core-framework/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isMultipart } from './media-types.js';
import { readBody } from './read-body.js';
import { drainAfterAnswer } from './unread-body.js';
import { UploadStaging } from './upload-staging.js';

const WELL_FORMED = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/**
 * Puts one parser in the place of Fastify's own. It reads nothing: routes that carry {@link LAZY_BODY_ROUTE}, and
 * requests without a route, keep the {@link LazyBody}; for all others it is read before validation. Forms are for routes
 * with {@link FORM_BODY_ROUTE}.
 *
 * Files of forms are set aside as they are read, and removed once the request is answered.
 */
export function installBodyParsing(fastify: FastifyInstance): void {
  fastify.decorate(FORM_READER, true);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request, payload, done) => {
    const staging = stagings.get(request);
    done(null, new LazyBody(() => readBody(request.headers, payload, request.routeOptions.bodyLimit, staging)));
  });

  const stagings = new WeakMap<FastifyRequest, UploadStaging>();
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const { headers } = request;
    if (isMultipart(headers['content-type'])) {
      const staging = new UploadStaging();
      stagings.set(request, staging);
      // Whatever became of the request: files that somebody keeps were copied by then.
      reply.raw.once('close', () => void staging.clear().catch((error: unknown) => request.log.warn(error)));
    }
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
    if (announcesForm(request.headers) && !(FORM_BODY_ROUTE in request.routeOptions.config)) {
      return done(new UnsupportedMediaTypeException(request.headers['content-type'] ?? ''));
    }
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
