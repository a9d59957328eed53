import {
  Action,
  type ActionContext,
  type ActionOptions,
  AllowAny,
  PlainViewSet,
  ViewSet,
} from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import { SignInService } from '../accounts/sign-in.service.js';
import { UseAuth } from '../authentication/use-auth.decorator.js';
import { OAuthCodes } from '../oauth/oauth-codes.service.js';
import { OAuthCodeInput } from '../oauth/oauth.viewset.js';
import { RequireSession } from '../permissions/session.permissions.js';
import { SecondStepInput } from '../two-factor/two-factor.viewset.js';
import { COOKIE_SESSION, CSRF_TOKEN } from '../views/auth.answers.js';
import { CookieLoginInput } from '../views/auth.inputs.js';
import { AUTH_BODY_LIMIT } from '../views/body-limit.js';
import { CookieAnswers } from './cookie-answers.js';
import { CookieSessions } from './cookie-sessions.service.js';

const open = { method: 'POST', permissions: [AllowAny], transaction: false } as const;
/** The action that signs in. */
export const COOKIE_LOGIN = {
  ...open,
  errors: [503],
  input: CookieLoginInput,
  response: COOKIE_SESSION,
  summary: 'Sign in with cookies',
} as const satisfies ActionOptions;

/** Signing in with cookies, for pages in browsers: no answer holds a token that a script could take away. */
@ViewSet({ path: 'auth/cookie', tags: ['Authentication'], permissions: [RequireSession], bodyLimit: AUTH_BODY_LIMIT })
export class CookieAuthViewSet extends PlainViewSet {
  constructor(
    @Inject(SignInService) private readonly signIn: SignInService,
    @Inject(AccountService) private readonly account: AccountService,
    @Inject(OAuthCodes) private readonly codes: OAuthCodes,
    @Inject(CookieAnswers) private readonly answers: CookieAnswers,
    @Inject(CookieSessions) private readonly sessions: CookieSessions,
  ) {
    super();
  }

  // Whoever signs in has no token to show yet, whatever cookie is left from before.
  @UseAuth('jwt', 'api_key')
  @Action(COOKIE_LOGIN)
  async login(context: ActionContext<object, CookieLoginInput>): Promise<object> {
    const { request, input } = context;
    const { backend, ...credentials } = { ...input };
    return this.sessions.replace(context, () => this.signIn.signIn(credentials, request, backend));
  }

  @UseAuth('jwt', 'api_key')
  @Action({
    ...open,
    path: '2fa/verify',
    input: SecondStepInput,
    response: COOKIE_SESSION,
    summary: 'Take the second step of a sign-in with cookies',
  })
  async verify(context: ActionContext<object, SecondStepInput>): Promise<object> {
    const { request, input } = context;
    return this.sessions.replace(context, () => this.signIn.secondStep(input.mfaToken, input.code, request));
  }

  @UseAuth('jwt', 'api_key')
  @Action({
    ...open,
    path: 'oauth/token',
    input: OAuthCodeInput,
    response: COOKIE_SESSION,
    summary: 'Exchange the code of a sign-in for cookies',
  })
  async exchange(context: ActionContext<object, OAuthCodeInput>): Promise<object> {
    const { request, input } = context;
    return this.sessions.replace(context, () => this.codes.exchange(input.code, request));
  }

  @UseAuth('jwt', 'api_key')
  @Action({ ...open, response: COOKIE_SESSION, summary: 'Exchange the refresh cookie for its successor' })
  async refresh(context: ActionContext): Promise<object> {
    return this.sessions.refresh(context);
  }

  @Action({ method: 'POST', status: 204, transaction: false, summary: 'End the session, and take the cookies away' })
  async logout({ principal, request, reply }: ActionContext): Promise<void> {
    await this.account.logout(this.account.callerOf(principal), request);
    this.answers.signedOut(reply);
  }

  @UseAuth('cookie')
  @Action({ path: 'csrf', response: CSRF_TOKEN, summary: 'Tell the CSRF token of the session again' })
  async csrfToken({ principal, reply }: ActionContext): Promise<object> {
    void reply.header('cache-control', 'no-store');
    return { csrf_token: this.answers.csrfTokenOf(this.account.callerOf(principal).proof.sessionId ?? '') };
  }
}
