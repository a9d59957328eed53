import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { onRequestHookHandler } from 'fastify';

/**
 * Keeps the hook of `@fastify/cors` from requests that name no `Origin`, as most servers and apps send them: they have no
 * use for its headers, and it works on each of them for longer than all other hooks together. Caches are told all the same
 * that the answer differs by origin.
 *
 * Nest keeps that hook in a field of the adapter once `enableCors()` has loaded it; were it to keep it elsewhere, every
 * request would go through it again.
 */
export function passOverRequestsWithoutOrigin(adapter: FastifyAdapter): void {
  let hook: onRequestHookHandler | undefined;
  Object.defineProperty(adapter, 'corsHook', {
    get: () => hook,
    set: (given: onRequestHookHandler | undefined) => {
      hook = given && unlessWithoutOrigin(given);
    },
  });
}

function unlessWithoutOrigin(hook: onRequestHookHandler): onRequestHookHandler {
  return function passOver(this: ThisParameterType<onRequestHookHandler>, request, reply, done) {
    if (request.headers.origin !== undefined) return hook.call(this, request, reply, done);
    // On Node's response, where Nest copies it for answers that bypass Fastify.
    reply.raw.setHeader('vary', 'Origin');
    return done();
  };
}
