import {
  MethodNotAllowedException,
  NotFoundException,
  RequestContext,
  ServiceUnavailableException,
  type UnroutedRequestRegistry,
} from '@core-framework/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { installBodyParsing } from '../body/body-parsing.js';
import { errorFormats } from '../errors/error-formats.js';
import type { ErrorResponder } from '../errors/error-responder.js';
import { answerClientError } from './client-error.js';
import { KnownPaths } from './known-paths.js';
import { RequestDrain } from './request-drain.js';
import { requestIdFor } from './request-id.js';
import { logRequest } from './request-log.js';
import { StreamErrorLog } from './stream-error-log.js';
import { passOverRequestsWithoutOrigin } from './requests-without-origin.js';
import type { TrustedProxies } from './trusted-proxies.js';

/** Key of Fastify's route config for routes that answer while the application shuts down. */
export const ANSWERS_WHILE_DRAINING = 'coreAnswersWhileDraining';

/** What the adapter must know before the application exists. */
export interface CoreAdapterOptions {
  readonly logger: Logger;
  /** Whose `X-Forwarded-*` headers are believed; Fastify's option of that name. */
  readonly trustProxy: TrustedProxies;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Milliseconds after which a request is logged as slow. */
  readonly slowRequestMs: number;
  /** Milliseconds that requests in work get to finish when the application closes. */
  readonly shutdownTimeoutMs: number;
}

/** What belongs to the application; handed over once that is built, for the errors that arise outside Nest. */
export interface AdapterApplication {
  responder?: ErrorResponder;
  unrouted?: UnroutedRequestRegistry;
  securityHook?: SecurityHook;
}

type SecurityHook = Parameters<FastifyAdapter['registerSecurityHook']>[0];
type OnRequestHook = Parameters<FastifyAdapter['setOnRequestHook']>[0];

const MAX_PARAM_LENGTH = 500;
/** A client that needs longer to send one request is cut off. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Fastify as the platform needs it: both slash forms, request ids, lazy bodies, one error shape, a drain at the end. */
export class CoreFastifyAdapter extends FastifyAdapter {
  readonly drain = new RequestDrain();
  readonly #knownPaths = new KnownPaths();

  constructor(
    private readonly config: CoreAdapterOptions,
    private readonly application: AdapterApplication = {},
  ) {
    super(serverOptions(config, application));
    this.instance.addHook('onRoute', (route) => this.#knownPaths.add(route));
    installBodyParsing(this.instance);
    this.setOnRequestHook((_request, _reply, done) => done());
    passOverRequestsWithoutOrigin(this);
    this.instance.addHook('onSend', (_request, reply, payload, done) => {
      reply.header('x-response-time', responseTime(reply));
      if (this.drain.draining) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  /** Hands over what errors outside Nest and unrouted requests need. */
  connect(application: Required<Pick<AdapterApplication, 'responder' | 'unrouted'>>): void {
    Object.assign(this.application, application);
  }

  /** Runs before every other hook, of this adapter and of plugins; the hook given here runs inside the request's context. */
  override setOnRequestHook(hook: OnRequestHook): void {
    super.setOnRequestHook((request, reply, done) => {
      // On Node's response, so that answers which bypass Fastify have it too.
      reply.raw.setHeader('x-request-id', request.id);
      this.drain.enter(reply.raw, () => logRequest(this.config.logger, this.config.slowRequestMs, request, reply));
      if (this.drain.draining && !(ANSWERS_WHILE_DRAINING in request.routeOptions.config)) {
        done(new ServiceUnavailableException('The service is shutting down.', { headers: { 'retry-after': '5' } }));
        return undefined;
      }
      return RequestContext.run(new RequestContext(request.id), () => hook(request, reply, done));
    });
  }

  override registerSecurityHook(hook: SecurityHook): void {
    this.application.securityHook = hook;
    super.registerSecurityHook(hook);
  }

  /** Asks the packages that know more paths than they have routes for, before the answer is 405 or 404. */
  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
      for (const answers of this.application.unrouted?.handlers ?? []) {
        if (await answers(request, reply)) return reply;
      }
      const verbs = this.#knownPaths.verbsOf(request.raw.url ?? '/');
      if (verbs.length === 0 || (verbs.includes(request.method) && request.method !== 'OPTIONS'))
        throw new NotFoundException();
      if (request.method !== 'OPTIONS') throw new MethodNotAllowedException(request.method, verbs);
      return reply.header('allow', verbs.join(', ')).send();
    });
  }

  /** Errors of Fastify reach the filters as they are; the platform words them itself. */
  override mapException(error: unknown): unknown {
    return error;
  }

  /** Nest closes modules after this and only then the server: requests in work still find their database. */
  // oxlint-disable-next-line typescript/no-misused-promises -- Nest awaits it, whatever the type of FastifyAdapter says.
  override async beforeClose(): Promise<void> {
    const outcome = await this.drain.drain(this.config.shutdownTimeoutMs);
    if (outcome === 'timed out') {
      this.config.logger.warn(
        `Requests were still in work after ${this.config.shutdownTimeoutMs} ms; they are cut off.`,
      );
    }
    super.beforeClose();
  }
}

function responseTime(reply: FastifyReply): string {
  return `${reply.elapsedTime.toFixed(2)}ms`;
}

function serverOptions(config: CoreAdapterOptions, application: AdapterApplication): FastifyServerOptions {
  return {
    loggerInstance: config.logger,
    logController: new StreamErrorLog({ disableRequestLogging: true }),
    // Lines get the request id from the context; a child logger per request would cost more.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdFor,
    trustProxy: config.trustProxy,
    bodyLimit: config.bodyLimit,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Ours answers in the shape of errors; by the time Fastify closes, nothing is in work.
    return503OnClosing: false,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    // A URL that no router can read gets here before any hook has run.
    frameworkErrors: (error, request, reply) => {
      reply.raw.once('close', () => logRequest(config.logger, config.slowRequestMs, request, reply));
      application.securityHook?.(request, reply.raw);
      reply.raw.setHeader('x-request-id', request.id);
      reply.header('x-response-time', responseTime(reply));
      application.responder?.respond(error, request, reply);
    },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, application.responder?.renderer ?? errorFormats.detail);
    },
  };
}
