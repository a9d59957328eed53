import { NotFoundException, type Principal } from '@core-framework/common';
import { Action, type ActionContext, AllowAny, PlainViewSet, ViewSet } from '@core-framework/viewset';
import { Inject } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { AccountService } from '../accounts/account.service.js';
import { clientInfoOf } from '../events/client-info.js';
import { RecentlySignedIn, RequireSession } from '../permissions/session.permissions.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { ARRIVAL, DEPARTURE, OAUTH_ACCOUNT_LIST, TOKEN_PAIR } from '../views/auth.answers.js';
import { Text } from '../views/auth.inputs.js';
import { AUTH_BODY_LIMIT } from '../views/body-limit.js';
import { tokensOf } from '../views/token-answer.js';
import { OAuthAccounts, type OAuthAccountSummary } from './oauth-accounts.service.js';
import { OAuthCodes } from './oauth-codes.service.js';
import { OAuthSignIn } from './oauth-sign-in.service.js';

/** Where in the application to go on. */
export class LinkInput {
  @IsOptional() @Text(2000) next?: string;
}

/** What the application's page found behind the `#`. */
export class OAuthCodeInput {
  @Text(100) code!: string;
}

const open = { permissions: [AllowAny], transaction: false } as const;
const change = { permissions: [RequireSession, RecentlySignedIn()], transaction: false } as const;

/** Sign-in by other services, and the accounts there that are linked. */
@ViewSet({ path: 'auth/oauth', tags: ['Authentication'], permissions: [RequireSession], bodyLimit: AUTH_BODY_LIMIT })
export class OAuthViewSet extends PlainViewSet {
  constructor(
    @Inject(OAuthSignIn) private readonly oauth: OAuthSignIn,
    @Inject(OAuthCodes) private readonly codes: OAuthCodes,
    @Inject(OAuthAccounts) private readonly accounts: OAuthAccounts,
    @Inject(AccountService) private readonly account: AccountService,
    @Inject(CredentialThrottle) private readonly throttle: CredentialThrottle,
  ) {
    super();
  }

  @Action({ ...open, path: ':provider/authorize', response: DEPARTURE, summary: 'Set out for a provider' })
  async authorize({ params, query, request, reply }: ActionContext) {
    await this.throttle.request(request, 'oauth');
    const next = typeof query.next === 'string' ? query.next : undefined;
    const url = await this.oauth.depart(params.provider ?? '', { next }, reply);
    if (!request.headers.accept?.includes('text/html')) return { url };
    return redirect(reply, url);
  }

  @Action({
    ...open,
    path: ':provider/callback',
    errors: [409],
    response: ARRIVAL,
    summary: 'Come back from a provider',
  })
  async callback(context: ActionContext) {
    const { params, request, reply } = context;
    await this.throttle.request(request, 'oauth');
    void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    const outcome = await this.oauth.arrive(params.provider ?? '', request, reply);
    if (typeof outcome === 'string') return redirect(reply, outcome);
    return 'tokens' in outcome ? tokensOf(outcome.tokens, context) : outcome;
  }

  @Action({
    ...open,
    method: 'POST',
    input: OAuthCodeInput,
    response: TOKEN_PAIR,
    summary: 'Exchange the code of a sign-in for tokens',
  })
  async token(context: ActionContext<object, OAuthCodeInput>) {
    return tokensOf(await this.codes.exchange(context.input.code, context.request), context);
  }

  @Action({
    ...change,
    method: 'POST',
    path: ':provider/link',
    input: LinkInput,
    response: DEPARTURE,
    summary: 'Set out to link an account',
  })
  async link({ principal, params, input, reply }: ActionContext<object, LinkInput>) {
    const linkTo = this.account.callerOf(principal).id;
    return { url: await this.oauth.depart(params.provider ?? '', { next: input.next, linkTo }, reply) };
  }

  @Action({ path: 'accounts', response: OAUTH_ACCOUNT_LIST, summary: 'List the accounts elsewhere' })
  async linkedAccounts({ principal }: ActionContext): Promise<OAuthAccountSummary[]> {
    return this.accounts.list(this.account.callerOf(principal).id);
  }

  @Action({
    ...change,
    method: 'DELETE',
    path: 'accounts/:id',
    status: 204,
    params: { id: 'integer' },
    summary: 'Unlink an account',
  })
  async unlink(context: ActionContext): Promise<void> {
    const user = await this.#user(context.principal);
    const unlinked = await this.accounts.unlink(user, Number(context.param('id')), clientInfoOf(context.request));
    if (!unlinked) throw new NotFoundException();
  }

  #user(principal: Principal): Promise<AbstractBaseUser> {
    return this.account.callerOf(principal).user();
  }
}

function redirect(reply: ActionContext['reply'], url: string): undefined {
  void reply.code(302).header('location', url).header('cache-control', 'no-store');
  return undefined;
}
