import { NotFoundException } from '@core-framework/common';
import { Action, type ActionContext, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import { PasswordsService } from '../accounts/passwords.service.js';
import { type Registration, RegistrationService } from '../accounts/registration.service.js';
import { SignInService } from '../accounts/sign-in.service.js';
import { VerificationService } from '../accounts/verification.service.js';
import type { UserPrincipal } from '../authentication/user-principal.js';
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
import { AUTH_BODY_LIMIT } from './body-limit.js';
import { OwnAccountViewSet } from './own-account.viewset.js';
import { tokensOf } from './token-answer.js';

type With<I extends object> = ActionContext<object, I>;

/**
 * The endpoints of accounts below `/auth`, and nothing else: it serves no rows. Extend it to change or add some, and name
 * the class as `AuthModule.forRoot({ authViewSet: MyAuthViewSet })`.
 */
// Here and not where it is served: what an application's own class says of it wins.
@ViewSet({ path: 'auth', bodyLimit: AUTH_BODY_LIMIT })
export abstract class AuthViewSet extends OwnAccountViewSet {
  constructor(
    @Inject(SignInService) protected readonly signIn: SignInService,
    @Inject(RegistrationService) protected readonly registration: RegistrationService,
    @Inject(PasswordsService) passwords: PasswordsService,
    @Inject(VerificationService) protected readonly verification: VerificationService,
    @Inject(AccountService) account: AccountService,
  ) {
    super(passwords, account);
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
  async logout({ principal, request, reply }: ActionContext): Promise<void> {
    const caller = this.account.callerOf(principal);
    await this.account.logout(caller, request);
    if (isBrowser(caller)) this.cookies?.signedOut(reply);
  }

  @Action(AUTH_ROUTES.me)
  override me(context: ActionContext): Promise<AbstractBaseUser> {
    return super.me(context);
  }

  @Action(AUTH_ROUTES.updateMe)
  override updateMe(context: With<object>): Promise<AbstractBaseUser> {
    return super.updateMe(context);
  }

  @Action(AUTH_ROUTES.deleteMe)
  override deleteMe(context: With<DeleteAccountInput>): Promise<void> {
    return super.deleteMe(context);
  }

  @Action(AUTH_ROUTES.password)
  async password(context: With<ChangePasswordInput>): Promise<unknown> {
    const { principal, input, request } = context;
    const caller = this.account.callerOf(principal);
    const pair = await this.passwords.change(await caller.user(), input.currentPassword, input.newPassword, request);
    const tokens = isBrowser(caller) ? this.cookies?.signedIn(pair, context.reply) : undefined;
    return { message: 'Password changed successfully', ...(tokens ?? tokensOf(pair, context)) };
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

/** Whether a caller's tokens are in cookies, and must be in no body. */
function isBrowser({ proof }: UserPrincipal): boolean {
  return proof.backend === 'cookie';
}
