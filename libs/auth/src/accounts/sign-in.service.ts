import { ForbiddenException, UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import type { Credentials } from '../authentication/auth-backend.js';
import { AuthBackends } from '../authentication/auth-backends.js';
import { clientInfoOf } from '../events/client-info.js';
import { type TokenPair } from '../sessions/sessions.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { AccountSteps } from './account-steps.js';

/** Signs people in. */
@Injectable()
export class SignInService {
  constructor(
    private readonly backends: AuthBackends,
    private readonly throttle: CredentialThrottle,
    private readonly steps: AccountSteps,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /**
   * Starts a session for whomever the credentials sign in.
   *
   * @throws UnauthorizedException, the same whatever is wrong with them.
   * @throws ForbiddenException when the address has to be confirmed first.
   * @throws RateLimitException after too many tries, before a password is looked at.
   */
  async signIn(credentials: Credentials, request: FastifyRequest, backend?: string): Promise<TokenPair> {
    const client = clientInfoOf(request);
    const counted = await this.throttle.attempt(request, credentials.username ?? credentials.email ?? '');
    const user = await this.backends.signIn(credentials, request, backend);
    if (!user) {
      await this.steps.events.record(counted.isLast ? 'authn_login_lock' : 'authn_login_fail', { client });
      throw new UnauthorizedException('Invalid email or password.', { code: 'invalid_credentials' });
    }
    await counted.succeeded();
    if (this.options.requireVerification && !user.isVerified) {
      throw new ForbiddenException('Confirm your e-mail address first.', { code: 'email_not_verified' });
    }
    return this.letIn(user, request);
  }

  /** Starts a session for a user of whom it is known who he is. */
  async letIn(user: AbstractBaseUser, request: FastifyRequest, methods?: readonly string[]): Promise<TokenPair> {
    const client = clientInfoOf(request);
    const pair = await this.steps.sessions.start(user, { client, methods });
    await this.steps.noteLogin(user);
    await this.steps.events.record('authn_login_success', { userId: user.id, sessionId: pair.sessionId, client });
    await this.steps.hooks.onAfterLogin(user);
    return pair;
  }
}
