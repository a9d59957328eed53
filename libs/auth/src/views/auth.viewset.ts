import { NotFoundException } from '@core-framework/common';
import { Action, type ActionContext, PlainViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import { PasswordsService } from '../accounts/passwords.service.js';
import { type Registration, RegistrationService } from '../accounts/registration.service.js';
import { SignInService } from '../accounts/sign-in.service.js';
import { VerificationService } from '../accounts/verification.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type {
  ChangePasswordInput,
  DeleteAccountInput,
  EmailInput,
  LoginInput,
  OneTimeTokenInput,
  RefreshInput,
  ResetPasswordInput,
} from './auth.inputs.js';
import { AUTH_ROUTES } from './auth.routes.js';
import { tokensOf } from './token-answer.js';

type With<I extends object> = ActionContext<object, I>;

/**
 * The endpoints of accounts below `/auth`, and nothing else: it serves no rows. Extend it to change or add some, and name
 * the class as `AuthModule.forRoot({ authViewSet: MyAuthViewSet })`.
 */
export abstract class AuthViewSet extends PlainViewSet {
  constructor(
    @Inject(SignInService) protected readonly signIn: SignInService,
    @Inject(RegistrationService) protected readonly registration: RegistrationService,
    @Inject(PasswordsService) protected readonly passwords: PasswordsService,
    @Inject(VerificationService) protected readonly verification: VerificationService,
    @Inject(AccountService) protected readonly account: AccountService,
  ) {
    super();
  }

  @Action(AUTH_ROUTES.register)
  async register({ input, request }: With<Registration>): Promise<unknown> {
    const user = await this.registration.register({ ...input }, request);
    return this.account.registered(user);
  }

  @Action(AUTH_ROUTES.login)
  async login(context: With<LoginInput>): Promise<unknown> {
    const {
      backend,
      grant_type: _grant,
      scope: _scope,
      client_id: _id,
      client_secret: _secret,
      ...credentials
    } = {
      ...context.input,
    };
    return tokensOf(await this.signIn.signIn(credentials, context.request, backend), context);
  }

  @Action(AUTH_ROUTES.refresh)
  async refresh(context: With<RefreshInput>): Promise<unknown> {
    return tokensOf(await this.account.refresh(context.input.refresh_token, context.request), context);
  }

  @Action(AUTH_ROUTES.logout)
  async logout({ principal, request }: ActionContext): Promise<void> {
    await this.account.logout(this.account.callerOf(principal), request);
  }

  @Action(AUTH_ROUTES.me)
  me({ principal }: ActionContext): Promise<AbstractBaseUser> {
    return this.account.callerOf(principal).user();
  }

  @Action(AUTH_ROUTES.updateMe)
  async updateMe({ principal, input, request }: With<object>): Promise<AbstractBaseUser> {
    return this.account.update(await this.account.callerOf(principal).user(), { ...input }, request);
  }

  @Action(AUTH_ROUTES.deleteMe)
  async deleteMe({ principal, input, request }: With<DeleteAccountInput>): Promise<void> {
    const user = await this.account.callerOf(principal).user();
    await this.passwords.confirm(user, input.currentPassword, request);
    await this.account.delete(user, request);
  }

  @Action(AUTH_ROUTES.password)
  async password(context: With<ChangePasswordInput>): Promise<unknown> {
    const { principal, input, request } = context;
    const user = await this.account.callerOf(principal).user();
    const pair = await this.passwords.change(user, input.currentPassword, input.newPassword, request);
    return { message: 'Password changed successfully', ...tokensOf(pair, context) };
  }

  @Action(AUTH_ROUTES.forgotPassword)
  async forgotPassword({ input, request }: With<EmailInput>): Promise<void> {
    await this.passwords.forgot(input.email, request);
  }

  @Action(AUTH_ROUTES.resetPassword)
  async resetPassword({ input, request }: With<ResetPasswordInput>): Promise<void> {
    await this.passwords.reset(input.token, input.password, request);
  }

  @Action(AUTH_ROUTES.requestVerification)
  async requestVerification({ input, request }: With<EmailInput>): Promise<void> {
    await this.verification.request(input.email, request);
  }

  @Action(AUTH_ROUTES.verifyEmail)
  async verifyEmail({ input, request }: With<OneTimeTokenInput>): Promise<void> {
    await this.verification.verify(input.token, request);
  }

  @Action(AUTH_ROUTES.sessions)
  async sessions({ principal }: ActionContext): Promise<unknown> {
    return this.account.sessions(this.account.callerOf(principal));
  }

  @Action(AUTH_ROUTES.endSession)
  async endSession({ principal, params, request }: ActionContext): Promise<void> {
    if (!(await this.account.endSession(this.account.callerOf(principal), params.id ?? '', request)))
      throw new NotFoundException();
  }

  @Action(AUTH_ROUTES.endOtherSessions)
  async endOtherSessions({ principal, request }: ActionContext): Promise<unknown> {
    return { revoked: await this.account.endOtherSessions(this.account.callerOf(principal), request) };
  }
}
