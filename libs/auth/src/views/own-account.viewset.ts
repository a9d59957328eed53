import { type ActionContext, PlainViewSet } from '@core-framework/viewset';
import { Inject, Optional } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import { PasswordsService } from '../accounts/passwords.service.js';
import { CookieAnswers } from '../cookies/cookie-answers.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { DeleteAccountInput } from './auth.inputs.js';

/** One's own account: shown, changed and deleted. */
export abstract class OwnAccountViewSet extends PlainViewSet {
  constructor(
    @Inject(PasswordsService) protected readonly passwords: PasswordsService,
    @Inject(AccountService) protected readonly account: AccountService,
  ) {
    super();
  }

  /** Where browsers may keep their tokens in cookies. */
  @Optional() @Inject(CookieAnswers) protected readonly cookies?: CookieAnswers;

  me({ principal }: ActionContext): Promise<AbstractBaseUser> {
    return this.account.callerOf(principal).user();
  }

  async updateMe({ principal, input, request }: ActionContext): Promise<AbstractBaseUser> {
    return this.account.update(await this.account.callerOf(principal).user(), { ...input }, request);
  }

  async deleteMe({ principal, input, request, reply }: ActionContext<object, DeleteAccountInput>): Promise<void> {
    const caller = this.account.callerOf(principal);
    const user = await caller.user();
    if (user.hasUsablePassword()) await this.passwords.confirm(user, input.currentPassword, request);
    else this.account.demandRecentSignIn(caller);
    await this.account.delete(user, request);
    if (caller.proof.backend === 'cookie') this.cookies?.signedOut(reply);
  }
}
