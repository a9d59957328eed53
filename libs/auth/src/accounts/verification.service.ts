import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientInfoOf } from '../events/client-info.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import { AccountMails } from './account-mails.js';
import { AccountSteps } from './account-steps.js';
import { refuseToken } from './passwords.service.js';

/** Has users show that an e-mail address is theirs. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly steps: AccountSteps,
    private readonly throttle: CredentialThrottle,
    private readonly tokens: OneTimeTokens,
    private readonly mails: AccountMails,
  ) {}

  /** Mails a link to whoever has this address and did not confirm it yet. Answers nothing in any case, and before the mail is made. */
  async request(email: string, request: FastifyRequest): Promise<void> {
    await this.throttle.request(request, 'verify');
    const user = await this.steps.users.getByEmail(email);
    if (user?.isActive && !user.isVerified) this.mails.afterwards(() => this.#mail(user.id));
  }

  /** @throws BadRequestException unless the token is good for the address that the user has. */
  async verify(token: string, request: FastifyRequest): Promise<void> {
    await this.throttle.request(request, 'verify');
    const holder = (await this.tokens.find(token, 'verify_email')) ?? refuseToken();
    const user = (await this.steps.find(holder.userId)) ?? refuseToken();
    if (!user.isActive || user.email !== holder.email) refuseToken();
    user.isVerified = true;
    await this.steps.users.atomic(async () => {
      if (!(await this.tokens.redeem(token, 'verify_email'))) refuseToken();
      await user.save();
      await this.steps.events.record('user_verified', { userId: user.id, client: clientInfoOf(request) });
    });
    await this.steps.hooks.onAfterVerify(user);
  }

  async #mail(userId: number | string): Promise<void> {
    const user = await this.steps.find(userId);
    if (!user) return;
    const token = await this.mails.verification(user);
    if (token !== null) await this.steps.hooks.onAfterRequestVerify(user, token);
  }
}
