import { MethodNotAllowedException, type OpenApiDocument } from '@core-framework/common';
import type { JsonSchema } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompiledView } from '../compiler/compiled-view.js';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import { errorResponse } from '../openapi/error.components.js';
import { originOf } from '../pagination/page-link.js';
import { asHttpError } from '../pipeline/client-errors.js';
import { PipelineServices } from '../pipeline/pipeline-services.js';
import { readQuery } from '../pipeline/query-parameters.js';
import { envelopeOf, envelopeSchema } from '../responses/envelope.js';
import { ViewSetDefaults } from '../viewset.defaults.js';
import { pathOf } from './request-path.js';
import { contextOf } from './unrouted.handler.js';

const VERBS = ['GET', 'HEAD', 'OPTIONS'];

/** A view that has an address without parameters, and the action that answers GET there. */
interface Entry {
  /** The address below the index, by which the index names it. */
  readonly name: string;
  readonly path: string;
  readonly view: CompiledView;
  readonly action: string;
}

/**
 * Answers the path in front of all routes with the addresses of the collections that the caller may see. A route that
 * the application has there itself goes before it.
 */
@Injectable()
export class ApiIndex {
  constructor(
    private readonly application: ApplicationConfig,
    private readonly defaults: ViewSetDefaults,
    private readonly services: PipelineServices,
    private readonly registry: ViewSetRegistry,
  ) {}

  /** Resolves with `false` for every other path. */
  readonly handle = async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    if (!this.#isAt(pathOf(request.url)) || !this.#isOffered()) return false;
    try {
      const { body, allow } = await this.#answer(request, reply);
      if (allow) reply.header('allow', VERBS.join(', '));
      await sendJson(reply.code(200), body, request.method === 'HEAD');
      return true;
    } catch (error) {
      throw asHttpError(error, reply);
    }
  };

  /** Adds the index to the document of the API, if there is one. */
  describe(document: OpenApiDocument, schemes: readonly string[]): void {
    if (!this.#isOffered()) return;
    const address = { type: 'string', format: 'uri' };
    const properties = Object.fromEntries(this.#entries().map(({ name }) => [name, address]));
    const index: JsonSchema = { type: 'object', properties, additionalProperties: false };
    const schema = this.defaults.options.responseFormat === 'envelope' ? envelopeSchema(index) : index;
    (document.paths[this.#base] ??= {})['get'] = {
      operationId: 'apiIndex',
      summary: 'List the collections that the caller may see',
      tags: ['API'],
      responses: {
        200: { description: 'Their addresses.', content: { 'application/json': { schema } } },
        ...Object.fromEntries(([400, 401] as const).map(errorResponse)),
        default: { $ref: '#/components/responses/UnexpectedError' },
      },
      security: [{}, ...schemes.map((scheme) => ({ [scheme]: [] }))],
    };
  }

  /** @throws UnauthorizedException for wrong credentials, MethodNotAllowedException, InvalidInputException */
  async #answer(request: FastifyRequest, reply: FastifyReply): Promise<{ body: object; allow?: true }> {
    const principal = await this.services.caller.identify(request);
    if (request.method === 'OPTIONS') {
      return {
        body: { name: 'ApiIndex', renders: ['application/json'], parses: [], actions: { GET: {} } },
        allow: true,
      };
    }
    if (!VERBS.includes(request.method)) throw new MethodNotAllowedException(request.method, VERBS);
    readQuery(request, () => false);
    const visible: [string, string][] = [];
    for (const { name, path, view, action } of this.#entries()) {
      const context = contextOf(view, action, 'GET', { request, reply, principal });
      if (await (await view.authorize(context)).refusalOf(context)) continue;
      visible.push([name, `${originOf(request)}${path}`]);
    }
    const body = Object.fromEntries(visible);
    return { body: this.defaults.options.responseFormat === 'envelope' ? envelopeOf(body) : body };
  }

  get #base(): string {
    return `/${this.application.getGlobalPrefix().replace(/^\/+|(?<!\/)\/+$/g, '')}`;
  }

  #isAt(path: string): boolean {
    return path === this.#base || path === `${this.#base}/`;
  }

  #isOffered(): boolean {
    if (!this.defaults.options.index || !this.registry.all.length) return false;
    return !this.#base.includes(':') && !this.services.routes.has(this.#base);
  }

  #entries(): readonly Entry[] {
    const start = this.#base === '/' ? '/' : `${this.#base}/`;
    return this.registry.all.flatMap((view) => {
      const action = view.pipelines.map((pipeline) => pipeline.action).find(({ route }) => isOwnAddress(route));
      const path = action && this.services.routes.pathOf(action.id)?.pattern;
      if (!action || !path?.startsWith(start) || path.includes(':')) return [];
      return [{ name: path.slice(start.length), path, view, action: action.name }];
    });
  }
}

function isOwnAddress({ verb, path }: { readonly verb: string; readonly path: string }): boolean {
  return verb === 'GET' && path === '';
}

/** Fastify leaves the body of a HEAD away by itself only where it has a route. */
async function sendJson(reply: FastifyReply, body: object, headersOnly: boolean): Promise<void> {
  const text = JSON.stringify(body);
  void reply.type('application/json; charset=utf-8');
  await (headersOnly ? reply.header('content-length', Buffer.byteLength(text)).send() : reply.send(text));
}
