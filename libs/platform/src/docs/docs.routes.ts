import type { OpenApiDocument } from '@core-framework/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { docsAsset } from './docs-assets.js';
import { type DocsPage, PAGE_STYLE, redocPage, swaggerPage } from './docs-pages.js';

/** What the documentation routes show. */
export interface DocsRoutesOptions {
  readonly title: string;
  /** Makes the document; called on the first request for it. */
  readonly document: () => OpenApiDocument;
  /** Documents of other interfaces, by their file names. */
  readonly others?: ReadonlyMap<string, () => object>;
  /** Paths in front of `/docs`, `/redoc` and `/openapi.json`: the root and the prefix of the API. */
  readonly bases: readonly string[];
}

const PAGES: readonly { readonly path: string; readonly script: string; readonly page: DocsPage }[] = [
  { path: '/docs', script: 'docs.js', page: swaggerPage },
  { path: '/redoc', script: 'redoc.js', page: redocPage },
];

/** Serves the OpenAPI document and two pages that show it. Everything comes from this process. */
export function registerDocsRoutes(
  fastify: FastifyInstance,
  { title, document, bases, others = new Map() }: DocsRoutesOptions,
): void {
  const texts = new Map<string, string>();
  const send = (reply: FastifyReply, path: string, make: () => object): FastifyReply => {
    const text = texts.get(path) ?? JSON.stringify(make());
    texts.set(path, text);
    return reply.type('application/json; charset=utf-8').send(text);
  };

  for (const base of bases) {
    const assets = `${base}/docs/assets`;
    const openApiUrl = `${base}/openapi.json`;

    for (const [path, make] of new Map<string, () => object>([['openapi.json', document], ...others])) {
      fastify.get(`${base}/${path}`, (_request, reply) => send(reply, path, make));
    }

    for (const { path, script, page } of PAGES) {
      fastify.get(base + path, (_request, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', page.policy)
          .send(page.html(title, assets)),
      );
      fastify.get(`${assets}/${script}`, (_request, reply) =>
        reply.type('text/javascript; charset=utf-8').send(page.script(openApiUrl)),
      );
    }

    fastify.get(`${assets}/page.css`, (_request, reply) => reply.type('text/css; charset=utf-8').send(PAGE_STYLE));
    fastify.get<{ Params: { file: string } }>(`${assets}/:file`, (request, reply) =>
      sendAsset(request.params.file, request, reply),
    );
  }
}

async function sendAsset(file: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asset = await docsAsset(file);
  if (!asset) {
    reply.callNotFound();
    return reply;
  }
  reply
    .type(asset.type)
    .header('etag', asset.etag)
    .header('cache-control', 'no-cache')
    .header('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
  const zips = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  return zips ? reply.header('content-encoding', 'gzip').send(asset.gzipped) : reply.send(asset.body);
}
