import { AUTHENTICATOR, type Authenticator, RequestContext, UnauthorizedException } from '@core-framework/common';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthBackends } from './auth-backends.js';

/**
 * Lets only callers who say who they are into a plain controller, by the backends that `@UseAuth` names, or by all. The caller is
 * `@CurrentUser()` and `request.user` then.
 */
@Injectable()
export class AuthenticatedGuard implements CanActivate {
  constructor(@Inject(AUTHENTICATOR) private readonly backends: Authenticator) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const context = RequestContext.current();
    const handler = { type: execution.getClass(), method: execution.getHandler().name };
    const principal = context?.principal ?? (await this.#identify(request, handler));
    if (!principal?.isAuthenticated) {
      throw new UnauthorizedException(undefined, { headers: { 'www-authenticate': this.backends.challenge } });
    }
    if (context) context.principal = principal;
    // Where guards and interceptors of others look for the caller.
    Object.assign(request, { user: principal });
    return true;
  }

  #identify(request: FastifyRequest, handler: Parameters<AuthBackends['authenticate']>[1]) {
    return this.backends instanceof AuthBackends
      ? this.backends.authenticate(request, handler)
      : this.backends.authenticate(request);
  }
}
