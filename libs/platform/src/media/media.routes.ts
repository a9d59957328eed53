import { isLocalFileKey, NotFoundException } from '@core-framework/common';
import { send } from '@fastify/send';
import type { FastifyInstance } from 'fastify';

/** What the routes of stored files serve. */
export interface MediaRoutesOptions {
  /** The folder. */
  readonly root: string;
  /** Path in front of the keys. */
  readonly path: string;
}

/** Types that a browser may show: it runs nothing in them. Everything else is offered for download. */
const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp|avif)|audio\/|video\/)/;

/**
 * Serves stored files by their keys: ranges and conditions, no listing, no guessing of types, nothing that could run in
 * the site's name. Names never repeat, so clients may keep them.
 */
export function registerMediaRoutes(fastify: FastifyInstance, { root, path }: MediaRoutesOptions): void {
  fastify.get<{ Params: { '*': string } }>(`${path}/*`, async (request, reply) => {
    const key = request.params['*'];
    if (!isLocalFileKey(key)) throw new NotFoundException();
    const found = await send(request.raw, `/${key}`, {
      root,
      index: false,
      dotfiles: 'ignore',
      maxAge: '365d',
      immutable: true,
    });
    if (found.type === 'error' && found.statusCode === 404) throw new NotFoundException();
    if (found.type === 'directory') throw new NotFoundException();
    const type = String(found.headers['Content-Type'] ?? 'application/octet-stream');
    const name = key.slice(key.lastIndexOf('/') + 1);
    reply
      .code(found.statusCode)
      .headers(found.headers)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('content-disposition', SHOWN.test(type) ? 'inline' : `attachment; filename="${name}"`);
    return reply.send(found.stream);
  });
}
