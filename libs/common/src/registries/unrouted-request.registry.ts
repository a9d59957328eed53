import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Answers a request for which no route matched, or leaves it alone.
 *
 * Resolves with `false` when the path is not its own; throws what the caller shall be told.
 */
export type UnroutedRequestHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

/**
 * Where packages announce that they know paths beyond their routes (a known path with a wrong verb is 405
 * and OPTIONS describes it). The platform asks them, in order, before it answers 404.
 */
@Injectable()
export class UnroutedRequestRegistry {
  readonly #handlers: UnroutedRequestHandler[] = [];

  register(handler: UnroutedRequestHandler): void {
    this.#handlers.push(handler);
  }

  get handlers(): readonly UnroutedRequestHandler[] {
    return this.#handlers;
  }
}
