import { ContextKey, type Principal, RequestContext } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthBackend } from '../authentication/auth-backend.js';
import { bearerTokenOf } from '../authentication/bearer-token.js';
import { refuse } from '../tokens/tokens.service.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { RESOLVED_RESOURCE_SERVER_OPTIONS, type ResolvedResourceServerOptions } from './resource-server.options.js';
import { TokenPrincipal } from './token-principal.js';

/** The token that the request in hand was let in by. */
export const CALLER_TOKEN = new ContextKey<string>('auth: token of the caller');

/** Knows callers by tokens of another service, which is not asked about them. */
@Injectable()
export class ResourceTokenBackend extends AuthBackend {
  readonly name = 'jwt';
  override readonly challenge = 'Bearer';

  constructor(
    private readonly verifier: AccessTokenVerifier,
    @Inject(RESOLVED_RESOURCE_SERVER_OPTIONS) private readonly options: ResolvedResourceServerOptions,
  ) {
    super();
  }

  override async identify(request: FastifyRequest): Promise<Principal | null> {
    const token = bearerTokenOf(request);
    if (token === undefined) return null;
    const claims = (await this.verifier.verify(token)) ?? refuse();
    RequestContext.current()?.set(CALLER_TOKEN, token);
    return this.options.principal?.(claims) ?? new TokenPrincipal(claims);
  }
}
