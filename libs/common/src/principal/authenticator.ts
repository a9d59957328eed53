import type { FastifyRequest } from 'fastify';
import type { RouteHandler } from '../http/handler-route.js';
import type { Principal } from './principal.js';

/** Finds out who sent a request. Provided under {@link AUTHENTICATOR}; without one every caller is anonymous. */
export interface Authenticator {
  /** Value of `WWW-Authenticate` on the 401 that a caller without credentials gets. */
  readonly challenge: string;
  /** The ways to show who one is, as OpenAPI's security schemes by their names. @defaultValue what the challenge tells */
  readonly securitySchemes?: Readonly<Record<string, object>>;
  /** Names of those that count for what answers a route. @defaultValue all */
  securitySchemesOf?(handler: RouteHandler): readonly string[] | undefined;
  /**
   * Answers `null` when the request carries no credentials of a kind that is known here.
   *
   * @throws UnauthorizedException when it carries some that are wrong.
   */
  authenticate(request: FastifyRequest): Principal | null | Promise<Principal | null>;
}

/** Injection token of the application's {@link Authenticator}. */
export const AUTHENTICATOR = Symbol.for('@core-framework/common:authenticator');
