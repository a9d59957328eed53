import { CoreError, RequestContext, type ClientAnswer } from '@core-framework/common';
import { Inject, Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { CoreSettings } from '@core-framework/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PLATFORM_OPTIONS, type PlatformOptions } from '../platform.options.js';
import { errorAnswer } from './error-answer.js';
import { errorFormats } from './error-formats.js';
import { ERROR_RENDERER, type ErrorRenderer } from './error-renderer.js';

/**
 * Answers failed requests: the only place where an error becomes a response.
 *
 * Errors that clients may know are answered as they say; anything else is 500, logged with its stack, and told to the
 * client only while `DEBUG` is on outside production.
 */
@Injectable()
export class ErrorResponder implements OnModuleInit {
  readonly #logger = new Logger('Errors');
  readonly #revealsFaults: boolean;
  #renderer: ErrorRenderer;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly moduleRef: ModuleRef,
    @Optional() settings?: CoreSettings,
    @Optional() @Inject(PLATFORM_OPTIONS) options?: PlatformOptions,
  ) {
    this.#renderer = errorFormats[settings?.errorFormat ?? 'detail'];
    this.#revealsFaults = settings !== undefined && (options?.debug ?? settings.debug) && !settings.isProduction;
  }

  onModuleInit(): void {
    try {
      this.#renderer = this.moduleRef.get<ErrorRenderer>(ERROR_RENDERER, { strict: false });
    } catch {
      // Nobody provides one: the format of the settings stays.
    }
  }

  /** The renderer in use. */
  get renderer(): ErrorRenderer {
    return this.#renderer;
  }

  /** Answers `error`; Nest hands middleware errors over with Node's own request and response. */
  respond(error: unknown, request: FastifyRequest | IncomingMessage, reply: FastifyReply | ServerResponse): void {
    const requestId = requestIdOf(request);
    const answer = errorAnswer(error) ?? this.#internalError(error);
    if (answer.status >= 500) this.#report(error, request, requestId);

    const adapter = this.host.httpAdapter;
    if (adapter.isHeadersSent(reply)) {
      adapter.end(reply);
      return;
    }
    for (const [name, value] of Object.entries(answer.headers ?? {})) adapter.setHeader(reply, name, value);
    adapter.setHeader(reply, 'content-type', this.#renderer.contentType);
    // As text: a response schema of the route must not drop members of the error.
    adapter.reply(reply, JSON.stringify(this.#renderer.render(answer, { requestId })), answer.status);
  }

  #internalError(error: unknown): ClientAnswer {
    const detail =
      this.#revealsFaults && error instanceof Error ? `${error.name}: ${error.message}` : 'Internal server error.';
    return { status: 500, code: 'internal_error', detail };
  }

  #report(error: unknown, request: FastifyRequest | IncomingMessage, requestId: string | undefined): void {
    const facts = {
      requestId,
      method: request.method,
      url: request.url,
      ...(error instanceof CoreError && { code: error.code }),
    };
    this.#logger.error(
      error instanceof Error ? error : new Error(`A value that is no error was thrown: ${String(error)}`),
      facts,
    );
  }
}

function requestIdOf(request: FastifyRequest | IncomingMessage): string | undefined {
  return 'id' in request && typeof request.id === 'string' ? request.id : RequestContext.current()?.requestId;
}
