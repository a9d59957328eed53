import { randomUUID } from 'node:crypto';
import { type Principal, type PrincipalSource, RequestContext } from '@core-framework/common';
import type { FastifyInstance } from 'fastify';
import { type AccountRow, type Caller, principalOf } from './caller.js';

/**
 * Lets requests of the test client name their caller by a header that only this application knows the values of.
 * Requests without it are authenticated as ever.
 */
export class ActingCallers {
  static readonly HEADER = 'x-core-testing-caller';
  /** Knows users of the application. */
  source?: PrincipalSource;
  readonly #principals = new Map<string, Principal>();

  /** Answers the header's value for a caller. */
  admit(caller: Caller | Principal | AccountRow): string {
    const ticket = randomUUID();
    this.#principals.set(ticket, this.source?.principalOf(caller) ?? principalOf(caller));
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
