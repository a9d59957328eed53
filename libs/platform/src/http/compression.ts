import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

const COMPRESS_FROM_BYTES = 1000;

/**
 * Compresses larger answers of the routes that are declared after it. Caches are told also where one caller did not ask
 * for it: what they keep then must not go to another who did.
 */
export async function installCompression(fastify: FastifyInstance): Promise<void> {
  // Requests are not decompressed: a small body could unfold into a huge one.
  await fastify.register(compress, { threshold: COMPRESS_FROM_BYTES, encodings: ['gzip'], globalDecompression: false });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (typeof payload === 'string' && Buffer.byteLength(payload) >= COMPRESS_FROM_BYTES) {
      reply.header('vary', withAcceptEncoding(reply.getHeader('vary')));
    }
    done(null, payload);
  });
}

function withAcceptEncoding(vary: string | number | string[] | undefined): string {
  const names = vary === undefined ? [] : [vary].flat().map(String);
  return /\baccept-encoding\b|\*/i.test(names.join()) ? names.join(', ') : [...names, 'accept-encoding'].join(', ');
}
