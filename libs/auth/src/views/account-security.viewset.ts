import { Action, type ActionContext, AllowAny, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import { EmailChangeService } from '../accounts/email-change.service.js';
import { PasswordsService } from '../accounts/passwords.service.js';
import { RecentlySignedIn, RequireSession } from '../permissions/session.permissions.js';
import { MESSAGE } from './auth.answers.js';
import { EmailInput, OneTimeTokenInput, ReauthenticateInput } from './auth.inputs.js';
import { AUTH_BODY_LIMIT } from './body-limit.js';

/** Showing once more who one is, and what may be done only after that. */
@ViewSet({ path: 'auth', tags: ['Authentication'], permissions: [RequireSession], bodyLimit: AUTH_BODY_LIMIT })
export class AccountSecurityViewSet extends PlainViewSet {
  constructor(
    @Inject(AccountService) private readonly account: AccountService,
    @Inject(PasswordsService) private readonly passwords: PasswordsService,
    @Inject(EmailChangeService) private readonly emails: EmailChangeService,
  ) {
    super();
  }

  @Action({
    method: 'POST',
    input: ReauthenticateInput,
    transaction: false,
    status: 204,
    errors: [503],
    summary: 'Show the password again, before what asks for a recent sign-in',
  })
  async reauthenticate({ principal, input, request }: ActionContext<object, ReauthenticateInput>): Promise<void> {
    const caller = this.account.callerOf(principal);
    await this.passwords.confirm(await caller.user(), input.currentPassword, request);
    await this.account.noteReauthentication(caller, request);
  }

  @Action({
    method: 'POST',
    path: 'email',
    input: EmailInput,
    permissions: [RequireSession, RecentlySignedIn()],
    transaction: false,
    status: 202,
    summary: 'Ask for a link that changes the e-mail address',
  })
  async changeEmail({ principal, input, request }: ActionContext<object, EmailInput>): Promise<void> {
    await this.emails.request(await this.account.callerOf(principal).user(), input.email, request);
  }

  @Action({
    method: 'POST',
    path: 'email/confirm',
    input: OneTimeTokenInput,
    permissions: [AllowAny],
    transaction: false,
    message: 'E-mail address changed',
    response: MESSAGE,
    summary: 'Change the e-mail address to the one that the link was mailed to',
  })
  async confirmEmail({ input, request }: ActionContext<object, OneTimeTokenInput>): Promise<void> {
    await this.emails.confirm(input.token, request);
  }
}
