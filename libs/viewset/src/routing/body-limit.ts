import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { InvalidOptionError } from '../errors/viewset.errors.js';

/** Key of Fastify's route config under which a route of a view says how many bytes its body may have. */
export const BODY_LIMIT_ROUTE = 'coreBodyLimit';

/** @throws InvalidOptionError unless a limit that is stated is a number of bytes. */
export function checkBodyLimit(owner: string, limit: number | undefined): void {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit > 0)) return;
  throw new InvalidOptionError(owner, `"bodyLimit" is ${limit}.`, 'Use a positive whole number of bytes.');
}

/**
 * Has Fastify know the limits of routes as its own, so that whoever reads their bodies finds them, on any server. To be
 * called before routes are registered: Nest hands over nothing but the config of a route.
 */
export function applyBodyLimits({ httpAdapter }: HttpAdapterHost): void {
  if (httpAdapter?.getType() !== 'fastify') return;
  httpAdapter.getInstance<FastifyInstance>().addHook('onRoute', (route) => {
    const limit = (route.config as Record<string, unknown> | undefined)?.[BODY_LIMIT_ROUTE];
    if (typeof limit === 'number') route.bodyLimit = limit;
  });
}
