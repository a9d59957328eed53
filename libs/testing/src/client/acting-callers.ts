import { randomUUID } from 'node:crypto';
import { type Principal, RequestContext } from '@core-framework/common';
import type { FastifyInstance } from 'fastify';

/**
 * Lets requests of the test client name their caller by a header that only this application knows the values of.
 * Requests without it are authenticated as ever.
 */
export class ActingCallers {
  static readonly HEADER = 'x-core-testing-caller';
  readonly #principals = new Map<string, Principal>();

  /** Answers the header's value for a principal. */
  admit(principal: Principal): string {
    const ticket = randomUUID();
    this.#principals.set(ticket, principal);
    return ticket;
  }

  attachTo(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const ticket = request.headers[ActingCallers.HEADER];
      const principal = typeof ticket === 'string' ? this.#principals.get(ticket) : undefined;
      const context = RequestContext.current();
      if (principal && context) context.principal = principal;
      done();
    });
  }
}
