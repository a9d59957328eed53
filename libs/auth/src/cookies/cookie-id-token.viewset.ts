import { Action, type ActionContext, AllowAny, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { UseAuth } from '../authentication/use-auth.decorator.js';
import { IdTokenInput } from '../oauth/oauth-id-token.viewset.js';
import { OAuthIdTokens } from '../oauth/oauth-id-tokens.service.js';
import { COOKIE_SESSION } from '../views/auth.answers.js';
import { AUTH_BODY_LIMIT } from '../views/body-limit.js';
import { CookieSessions } from './cookie-sessions.service.js';

/** Signing in with cookies by an ID token that a page got from a provider itself. */
@ViewSet({ path: 'auth/cookie', tags: ['Authentication'], bodyLimit: AUTH_BODY_LIMIT })
export class CookieIdTokenViewSet extends PlainViewSet {
  constructor(
    @Inject(OAuthIdTokens) private readonly idTokens: OAuthIdTokens,
    @Inject(CookieSessions) private readonly sessions: CookieSessions,
  ) {
    super();
  }

  // Whoever signs in has no token to show yet, whatever cookie is left from before.
  @UseAuth('jwt', 'api_key')
  @Action({
    method: 'POST',
    permissions: [AllowAny],
    transaction: false,
    path: 'oauth/:provider/id-token',
    input: IdTokenInput,
    response: COOKIE_SESSION,
    summary: 'Sign in with cookies by an ID token of a provider',
  })
  async idToken(context: ActionContext<object, IdTokenInput>): Promise<object> {
    const { params, input, request, reply } = context;
    return this.sessions.replace(context, () =>
      this.idTokens.signIn(params.provider ?? '', input.idToken, request, reply),
    );
  }
}
