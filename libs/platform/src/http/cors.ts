import type { NestApplicationOptions } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Nest's type of per-request options, which it does not export by name. */
type CorsDelegate = Extract<NestApplicationOptions['cors'], (...parameters: never[]) => unknown>;
type CorsOptions = Parameters<Parameters<CorsDelegate>[1]>[1] & {
  /** An option of `@fastify/cors`: whether it answers OPTIONS itself. */
  readonly preflight?: boolean;
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What a script of another origin may read beside the few headers that browsers always show. */
const EXPOSED = [
  'X-Request-ID',
  'X-Response-Time',
  'Location',
  'ETag',
  'Retry-After',
  'Allow',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];
const PREFLIGHT_SECONDS = 600;

/**
 * Decides per request, so that only a preflight (`Origin` and `Access-Control-Request-Method`) is answered here
 * and any other OPTIONS reaches the application. `*` reflects the origin, since browsers refuse it with credentials.
 */
export function corsByOrigin(origins: readonly string[], credentials: boolean): CorsDelegate {
  const allowed: CorsOptions = {
    origin: origins.includes('*') ? true : [...origins],
    credentials,
    methods: METHODS,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  };
  const plain: CorsOptions = { ...allowed, preflight: false };
  return ({ headers }: FastifyRequest, answer) => {
    if (headers.origin === undefined) answer(null, { origin: false });
    else answer(null, headers['access-control-request-method'] === undefined ? plain : allowed);
  };
}
