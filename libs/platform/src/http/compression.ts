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
    if (typeof payload === 'string' && isLarge(payload)) {
      reply.header('vary', withAcceptEncoding(reply.getHeader('vary')));
    }
    done(null, payload);
  });
}

/** A text has at least as many bytes as characters, and at most three times as many. */
function isLarge(text: string): boolean {
  if (text.length >= COMPRESS_FROM_BYTES) return true;
  return text.length * 3 >= COMPRESS_FROM_BYTES && Buffer.byteLength(text) >= COMPRESS_FROM_BYTES;
}

function withAcceptEncoding(vary: string | number | string[] | undefined): string {
  // What nearly all answers say.
  if (vary === 'Origin') return 'Origin, accept-encoding';
  const names = vary === undefined ? [] : [vary].flat().map(String);
  return /\baccept-encoding\b|\*/i.test(names.join()) ? names.join(', ') : [...names, 'accept-encoding'].join(', ');
}
