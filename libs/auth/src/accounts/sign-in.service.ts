import { ForbiddenException, UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import type { Credentials } from '../authentication/auth-backend.js';
import { AuthBackends } from '../authentication/auth-backends.js';
import { AuthenticationStop } from '../authentication/authentication-stop.js';
import { clientInfoOf } from '../events/client-info.js';
import { type TokenPair } from '../sessions/sessions.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import { SecondStep } from '../two-factor/second-step.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { AccountSteps } from './account-steps.js';

/** Signs people in. */
@Injectable()
export class SignInService {
  constructor(
    private readonly backends: AuthBackends,
    private readonly throttle: CredentialThrottle,
    private readonly steps: AccountSteps,
    private readonly second: SecondStep,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /**
   * Starts a session for whomever the credentials sign in.
   *
   * @throws UnauthorizedException, the same whatever is wrong with them; and `mfa_required` when a second factor is asked for.
   * @throws ForbiddenException when the address has to be confirmed first.
   * @throws RateLimitException after too many tries, before a password is looked at.
   */
  async signIn(credentials: Credentials, request: FastifyRequest, backend?: string): Promise<TokenPair> {
    const client = clientInfoOf(request);
    // Which of them names the account is for backends to say.
    const names = [credentials.username, credentials.email].filter((name) => typeof name === 'string');
    const counted = await this.throttle.attempt(request, ...names);
    const user = await this.backends.signIn(credentials, request, backend).catch(nobodyWhenStopped);
    if (!user) {
      // Not told as the user's own event: he did nothing, and whether there is one may not show by what is published.
      const tried = await this.steps.users.getByNaturalKey(names[0] ?? '');
      const detail: Readonly<Record<string, string>> = tried ? { user: String(tried.id) } : {};
      await this.steps.events.record(counted.isLast ? 'authn_login_lock' : 'authn_login_fail', { client, detail });
      throw new UnauthorizedException('Invalid email or password.', { code: 'invalid_credentials' });
    }
    await counted.succeeded();
    if (this.options.requireVerification && !user.isVerified) {
      throw new ForbiddenException('Confirm your e-mail address first.', { code: 'email_not_verified' });
    }
    return this.letIn(user, request);
  }

  /** The second step: a code for whoever passed the first one. @throws UnauthorizedException, RateLimitException */
  async secondStep(mfaToken: string, code: string, request: FastifyRequest): Promise<TokenPair> {
    const { user, methods } = await this.second.take(mfaToken, code, request);
    return this.#start(user, request, methods);
  }

  /**
   * Starts a session for a user of whom one factor shows who he is.
   *
   * @throws UnauthorizedException with the code `mfa_required` when he set up a second one.
   */
  async letIn(
    user: AbstractBaseUser,
    request: FastifyRequest,
    methods: readonly string[] = ['password'],
  ): Promise<TokenPair> {
    await this.second.demand(user, methods);
    return this.#start(user, request, methods);
  }

  async #start(user: AbstractBaseUser, request: FastifyRequest, methods: readonly string[]): Promise<TokenPair> {
    const client = clientInfoOf(request);
    const pair = await this.steps.users.atomic(async () => {
      // The user's own row first: two sign-ins that both refer to it before either writes it would stop each other on MariaDB.
      await this.steps.noteLogin(user);
      const started = await this.steps.sessions.start(user, { client, methods });
      const parts = { userId: user.id, sessionId: started.sessionId, client, detail: { methods } };
      await this.steps.events.record('authn_login_success', parts);
      return started;
    });
    await this.steps.hooks.onAfterLogin(user);
    return pair;
  }
}

/** A sign-in that a backend stopped is one that failed. */
function nobodyWhenStopped(error: unknown): null {
  if (error instanceof AuthenticationStop) return null;
  throw error;
}
