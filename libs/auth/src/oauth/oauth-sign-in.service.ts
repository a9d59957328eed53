import { ApiException, BadRequestException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { clientInfoOf } from '../events/client-info.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { OAuthAccounts } from './oauth-accounts.service.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthCodes } from './oauth-codes.service.js';
import { type OAuthFlow, OAuthFlowCookies } from './oauth-flow.js';
import { returnAddressOf, withFragment } from './return-address.js';

/** What somebody wants who sets out for a provider. */
export interface OAuthWish {
  /** Where in the application to go on afterwards, with a code. @defaultValue the callback answers tokens */
  readonly next?: string;
  /** The user whose account is to be linked. @defaultValue nobody's: a sign-in */
  readonly linkTo?: number | string;
}

/** What came of it. */
export type OAuthOutcome = { readonly tokens: TokenPair } | { readonly linked: true };

/** Sends people to providers, and lets them in when they come back. */
@Injectable()
export class OAuthSignIn {
  constructor(
    private readonly clients: OAuthClients,
    private readonly accounts: OAuthAccounts,
    private readonly codes: OAuthCodes,
    private readonly flows: OAuthFlowCookies,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
  ) {}

  /** The address of the provider to go to; the browser keeps what has to be known on the way back. */
  async depart(provider: string, { next, linkTo }: OAuthWish, reply: FastifyReply): Promise<string> {
    this.clients.get(provider);
    const back = next === undefined ? undefined : returnAddressOf(next, this.options.oauthReturnOrigins);
    const { url, state, flow } = await this.clients.depart(provider);
    const wish = { ...(back !== undefined && { next: back }), ...(linkTo !== undefined && { linkTo }) };
    this.flows.keep(state, { ...flow, ...wish }, reply);
    return url;
  }

  /**
   * What came of a sign-in; or the address where the application goes on, which has a `code` or an `error` behind its `#`.
   *
   * @throws BadRequestException for who did not set out with this browser, or comes back with nothing that can be believed.
   */
  async arrive(provider: string, request: FastifyRequest, reply: FastifyReply): Promise<OAuthOutcome | string> {
    this.clients.get(provider);
    const { search, searchParams } = new URL(request.url, 'http://localhost');
    const [state, ...more] = searchParams.getAll('state');
    const flow = state && more.length === 0 ? this.flows.take(provider, state, request, reply) : null;
    // A flow without a verifier is for an ID token that is shown.
    if (!state || !flow?.verifier) {
      throw new BadRequestException('The sign-in was not begun with this browser.', { code: 'invalid_state' });
    }
    try {
      return await this.#settle(flow, state, search, request);
    } catch (error) {
      if (flow.next === undefined || !(error instanceof ApiException)) throw error;
      return withFragment(flow.next, { error: error.client.code });
    }
  }

  async #settle(
    flow: OAuthFlow,
    state: string,
    search: string,
    request: FastifyRequest,
  ): Promise<OAuthOutcome | string> {
    const answer = await this.clients.arrive(flow, state, search);
    const client = clientInfoOf(request);
    if (flow.linkTo !== undefined) {
      await this.accounts.link(flow.linkTo, answer, client);
      return flow.next === undefined ? { linked: true } : withFragment(flow.next, { linked: flow.provider });
    }
    const user = await this.accounts.userOf(answer, client);
    if (flow.next === undefined) return { tokens: await this.codes.letIn(user, request) };
    return withFragment(flow.next, { code: await this.codes.issue(user) });
  }
}
