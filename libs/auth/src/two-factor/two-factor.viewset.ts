import type { Principal } from '@core-framework/common';
import { Action, type ActionContext, AllowAny, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import { SignInService } from '../accounts/sign-in.service.js';
import { RecentlySignedIn, RequireSession } from '../permissions/session.permissions.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { Text } from '../views/auth.inputs.js';
import { RECOVERY_CODES, TOKEN_PAIR, TOTP_SECRET, TWO_FACTOR_STATUS } from '../views/auth.answers.js';
import { AUTH_BODY_LIMIT } from '../views/body-limit.js';
import { tokensOf } from '../views/token-answer.js';
import type { TotpEnrolment } from './totp-factors.js';
import { TwoFactor, type TwoFactorStatus } from './two-factor.service.js';

/** A code of the app, or a recovery code. */
export class CodeInput {
  @Text(50) code!: string;
}

/** The second step of a sign-in. */
export class SecondStepInput extends CodeInput {
  /** What the first step answered. */
  @Text(8192) mfaToken!: string;
}

const change = { method: 'POST', permissions: [RequireSession, RecentlySignedIn()], transaction: false } as const;

/** The second factor of whoever calls. What changes it asks for a recent sign-in. */
@ViewSet({ path: 'auth/2fa', tags: ['Authentication'], permissions: [RequireSession], bodyLimit: AUTH_BODY_LIMIT })
export class TwoFactorViewSet extends PlainViewSet {
  constructor(
    @Inject(TwoFactor) private readonly twoFactor: TwoFactor,
    @Inject(SignInService) private readonly signIn: SignInService,
    @Inject(AccountService) private readonly account: AccountService,
  ) {
    super();
  }

  @Action({ path: '', response: TWO_FACTOR_STATUS, summary: 'Tell whether two factors are asked for' })
  async status({ principal }: ActionContext): Promise<TwoFactorStatus> {
    return this.twoFactor.status(this.account.callerOf(principal).id);
  }

  @Action({ ...change, path: 'totp', status: 201, response: TOTP_SECRET, summary: 'Set up an app that makes codes' })
  async enrol({ principal, reply }: ActionContext): Promise<TotpEnrolment> {
    void reply.header('cache-control', 'no-store');
    return this.twoFactor.enrol(await this.#user(principal));
  }

  @Action({
    ...change,
    path: 'totp/confirm',
    input: CodeInput,
    response: RECOVERY_CODES,
    summary: 'Ask for codes of the app from now on',
  })
  async confirm({ principal, input, request, reply }: ActionContext<object, CodeInput>) {
    void reply.header('cache-control', 'no-store');
    return { recoveryCodes: await this.twoFactor.confirm(await this.#user(principal), input.code, request) };
  }

  @Action({ ...change, method: 'DELETE', path: 'totp', status: 204, summary: 'Ask for no codes any more' })
  async disable({ principal, request }: ActionContext): Promise<void> {
    await this.twoFactor.disable(await this.#user(principal), request);
  }

  @Action({ ...change, path: 'recovery-codes', response: RECOVERY_CODES, summary: 'Make new recovery codes' })
  async renewRecoveryCodes({ principal, request, reply }: ActionContext) {
    void reply.header('cache-control', 'no-store');
    return { recoveryCodes: await this.twoFactor.renewRecoveryCodes(await this.#user(principal), request) };
  }

  @Action({
    method: 'POST',
    permissions: [AllowAny],
    transaction: false,
    input: SecondStepInput,
    response: TOKEN_PAIR,
    summary: 'Take the second step of a sign-in',
  })
  async verify(context: ActionContext<object, SecondStepInput>) {
    const { input, request } = context;
    return tokensOf(await this.signIn.secondStep(input.mfaToken, input.code, request), context);
  }

  #user(principal: Principal): Promise<AbstractBaseUser> {
    return this.account.callerOf(principal).user();
  }
}
