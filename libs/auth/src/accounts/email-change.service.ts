import { UniqueViolationError } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientInfoOf } from '../events/client-info.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { normalizeEmail } from '../users/email.js';
import { AccountMails } from './account-mails.js';
import { AccountSteps } from './account-steps.js';
import { isFromBefore, refuseToken } from './passwords.service.js';

/** Gives users another e-mail address, once they have shown that they read its mails. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly steps: AccountSteps,
    private readonly throttle: CredentialThrottle,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
  ) {}

  /** Mails a link to the new address. Whether somebody else has it is told to nobody but him. */
  async request(user: AbstractBaseUser, address: string, request: FastifyRequest): Promise<void> {
    await this.throttle.request(request, 'email');
    const email = normalizeEmail(address);
    if (email === user.email) return;
    const owner = await this.steps.users.getByEmail(email);
    const { id } = user;
    this.mails.afterwards(() => (owner ? this.mails.alreadyRegistered(owner) : this.mails.emailChange({ id, email })));
  }

  /**
   * Changes the address to the one that the link was mailed to, and tells the former one. Links that were mailed to that are
   * good no longer.
   *
   * @throws BadRequestException unless the token is good, and the address still free.
   */
  async confirm(token: string, request: FastifyRequest): Promise<void> {
    await this.throttle.request(request, 'email');
    const holder = (await this.tokens.find(token, 'change_email')) ?? refuseToken();
    const user = (await this.steps.find(holder.userId)) ?? refuseToken();
    if (!user.isActive || isFromBefore(holder, user)) refuseToken();
    const former = user.email;
    await this.#set(user, holder.email, token, request);
    this.mails.emailChanged({ id: user.id, email: former });
    await this.steps.hooks.onAfterEmailChange(user, former);
  }

  async #set(user: AbstractBaseUser, email: string, token: string, request: FastifyRequest): Promise<void> {
    user.email = email;
    user.isVerified = true;
    try {
      await this.steps.users.atomic(async () => {
        if (!(await this.tokens.redeem(token, 'change_email'))) refuseToken();
        await user.save();
        await this.tokens.void(user.id, 'reset_password', 'verify_email');
        const client = clientInfoOf(request);
        await this.steps.events.record('user_email_change', { userId: user.id, email, client });
      });
    } catch (error) {
      // Somebody registered with it since the link was mailed.
      if (error instanceof UniqueViolationError) refuseToken();
      throw error;
    }
  }
}
