import { Action, type ActionContext, AllowAny, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { NONCE, TOKEN_PAIR } from '../views/auth.answers.js';
import { Text } from '../views/auth.inputs.js';
import { AUTH_BODY_LIMIT } from '../views/body-limit.js';
import { tokensOf } from '../views/token-answer.js';
import { OAuthIdTokens } from './oauth-id-tokens.service.js';

/** What a provider gave to a page or an app. */
export class IdTokenInput {
  @Text(16_384) idToken!: string;
}

const open = { method: 'POST', permissions: [AllowAny], transaction: false } as const;

/** Sign-in by ID tokens that pages and apps get from a provider themselves. */
@ViewSet({ path: 'auth/oauth', tags: ['Authentication'], bodyLimit: AUTH_BODY_LIMIT })
export class OAuthIdTokenViewSet extends PlainViewSet {
  constructor(@Inject(OAuthIdTokens) private readonly idTokens: OAuthIdTokens) {
    super();
  }

  @Action({
    ...open,
    path: ':provider/nonce',
    response: NONCE,
    summary: 'Get the nonce of an ID token that is to be shown',
  })
  async nonce({ params, request, reply }: ActionContext) {
    void reply.header('cache-control', 'no-store');
    return { nonce: await this.idTokens.begin(params.provider ?? '', request, reply) };
  }

  @Action({
    ...open,
    path: ':provider/id-token',
    input: IdTokenInput,
    response: TOKEN_PAIR,
    summary: 'Sign in by an ID token of a provider',
  })
  async idToken(context: ActionContext<object, IdTokenInput>) {
    const { params, input, request, reply } = context;
    void reply.header('cache-control', 'no-store');
    return tokensOf(await this.idTokens.signIn(params.provider ?? '', input.idToken, request, reply), context);
  }
}
