import { BadRequestException, InvalidInputException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type ClientInfo, clientInfoOf } from '../events/client-info.js';
import { OneTimeTokens, type TokenHolder } from '../one-time-tokens/one-time-tokens.service.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { AccountMails } from './account-mails.js';
import { AccountSteps } from './account-steps.js';
import { PasswordRules } from './password-rules.js';
import { WaysIn } from './ways-in.js';

/** Changes passwords, and gives new ones to those who forgot theirs. */
@Injectable()
export class PasswordsService {
  @Inject(WaysIn) private readonly waysIn!: WaysIn;

  constructor(
    private readonly steps: AccountSteps,
    private readonly rules: PasswordRules,
    private readonly throttle: CredentialThrottle,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
  ) {}

  /** Asks a user for the password again. @throws InvalidInputException, RateLimitException */
  async confirm(user: AbstractBaseUser, password: string | null | undefined, request: FastifyRequest): Promise<void> {
    if (password === undefined || password === null) {
      throw new InvalidInputException({
        currentPassword: [{ code: 'password_required', message: 'Show your password.' }],
      });
    }
    const counted = await this.throttle.attempt(request, user.email);
    if (await user.checkPassword(password)) return counted.succeeded();
    const message = 'Current password is incorrect.';
    throw new InvalidInputException({ currentPassword: [{ code: 'invalid_password', message }] }, message);
  }

  /** Changes a password, ends all sessions and starts a new one for whoever asked. */
  async change(user: AbstractBaseUser, current: string, next: string, request: FastifyRequest): Promise<TokenPair> {
    await this.confirm(user, current, request);
    this.rules.check('newPassword', next, user);
    const client = clientInfoOf(request);
    await this.#set(user, next, 'password_change', client);
    this.mails.passwordChanged(user);
    await this.steps.hooks.onAfterPasswordChange(user);
    return this.steps.sessions.start(user, { client });
  }

  /** Mails a link to whoever has this address, once the answer is out: it says nothing, and takes as long, whoever has it. */
  async forgot(email: string, request: FastifyRequest): Promise<void> {
    await this.throttle.request(request, 'forgot');
    const user = await this.steps.users.getByEmail(email);
    if (user?.isActive) this.mails.afterwards(() => this.#mailReset(user.id));
  }

  /**
   * Sets the password of whomever a mailed token stands for; that he reads the mails of the address is then shown, too. Where it
   * was not before, whoever used the account until now may have been somebody else: other ways in that he made end.
   *
   * @throws BadRequestException unless the token is good; InvalidInputException for a bad password, and ServiceUnavailableException
   * when there are too many to hash already, which both leave it so.
   */
  async reset(token: string, password: string, request: FastifyRequest): Promise<void> {
    await this.throttle.request(request, 'reset');
    const holder = (await this.tokens.find(token, 'reset_password')) ?? refuseToken();
    const user = (await this.steps.find(holder.userId)) ?? refuseToken();
    // Who has another address meanwhile does not get in by a mail to the former one.
    if (!user.isActive || user.email !== holder.email || isFromBefore(holder, user)) refuseToken();
    this.rules.check('password', password, user);
    const isFirstShown = !user.isVerified;
    user.isVerified = true;
    await this.#set(user, password, 'password_reset', clientInfoOf(request), async () => {
      if (!(await this.tokens.redeem(token, 'reset_password'))) refuseToken();
      if (isFirstShown) await this.waysIn.endUnproven(user.id);
    });
    this.mails.passwordChanged(user);
    await this.steps.hooks.onAfterResetPassword(user);
  }

  async #mailReset(userId: number | string): Promise<void> {
    const user = await this.steps.find(userId);
    if (!user) return;
    const token = await this.mails.passwordReset(user);
    if (token !== null) await this.steps.hooks.onAfterForgotPassword(user, token);
  }

  async #set(
    user: AbstractBaseUser,
    password: string,
    reason: 'password_change' | 'password_reset',
    client: ClientInfo,
    first?: () => Promise<void>,
  ): Promise<void> {
    await user.setPassword(password);
    await this.steps.users.atomic(async () => {
      // The user's own row first, in which order whoever else changes the account takes the locks, too.
      await user.save();
      await first?.();
      await this.steps.endAll(user.id, reason);
      await this.steps.events.record(`authn_${reason}`, { userId: user.id, client });
    });
  }
}

/** Whether a link was mailed before the user got the password that he has. */
export function isFromBefore({ issuedAt }: TokenHolder, { passwordChangedAt }: AbstractBaseUser): boolean {
  return passwordChangedAt !== null && issuedAt < passwordChangedAt;
}

/** @throws BadRequestException, the same for a token that is wrong, used or too old. */
export function refuseToken(): never {
  throw new BadRequestException('The link is not valid, or is no longer.', { code: 'invalid_token' });
}
