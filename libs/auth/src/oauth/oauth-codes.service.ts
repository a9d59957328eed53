import { BadRequestException, ForbiddenException, UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccountSteps } from '../accounts/account-steps.js';
import { SignInService } from '../accounts/sign-in.service.js';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';

const PURPOSE = 'oauth_sign_in';
/** Minutes that a page has to exchange its code. */
const CODE_MINUTES = 1;
const NONCE_PURPOSE = 'oauth_nonce';
/** Minutes that a nonce which was used is remembered: more than a flow lasts. */
const NONCE_MINUTES = 15;

/** Lets in whom a provider knows: at once, or by a code that the application's page exchanges, so that no token is in an address. */
@Injectable()
export class OAuthCodes {
  constructor(
    private readonly signIn: SignInService,
    private readonly codes: OneTimeTokens,
    private readonly steps: AccountSteps,
    private readonly throttle: CredentialThrottle,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /** @throws UnauthorizedException for who is not active, or with `mfa_required`; ForbiddenException before the address is confirmed. */
  async letIn(user: AbstractBaseUser, request: FastifyRequest): Promise<TokenPair> {
    this.#refuseOutsiders(user);
    return this.signIn.letIn(user, request, ['oauth']);
  }

  /** The same by something that lets in once; `null` when it did before. */
  async letInOnce(user: AbstractBaseUser, nonce: string, request: FastifyRequest): Promise<TokenPair | null> {
    const isNew = await this.codes.useUp(user, NONCE_PURPOSE, nonce, NONCE_MINUTES);
    return isNew ? this.letIn(user, request) : null;
  }

  async issue(user: AbstractBaseUser): Promise<string> {
    this.#refuseOutsiders(user);
    return this.codes.issue(user, PURPOSE, CODE_MINUTES);
  }

  /** @throws BadRequestException unless the code is good; and what {@link letIn} throws. */
  async exchange(code: string, request: FastifyRequest): Promise<TokenPair> {
    await this.throttle.request(request, 'oauth');
    const holder = await this.codes.find(code, PURPOSE);
    const user = holder && (await this.steps.find(holder.userId));
    if (!user || !(await this.codes.redeem(code, PURPOSE))) {
      throw new BadRequestException('The code is not valid, or is no longer.', { code: 'invalid_code' });
    }
    return this.letIn(user, request);
  }

  #refuseOutsiders({ isActive, isVerified }: AbstractBaseUser): void {
    if (!isActive) throw new UnauthorizedException('The sign-in failed.', { code: 'invalid_credentials' });
    if (this.options.requireVerification && !isVerified) {
      throw new ForbiddenException('Confirm your e-mail address first.', { code: 'email_not_verified' });
    }
  }
}
