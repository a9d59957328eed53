import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientInfoOf } from '../events/client-info.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { CredentialThrottle } from '../throttling/credential-throttle.js';
import { refuse } from '../tokens/tokens.service.js';
import { claimedNonceOf } from './id-token.js';
import { OAuthAccounts } from './oauth-accounts.service.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthCodes } from './oauth-codes.service.js';
import { OAuthFlowCookies } from './oauth-flow.js';

/** Lets in by ID tokens that pages and apps get from a provider themselves: Google One Tap and the like. */
@Injectable()
export class OAuthIdTokens {
  constructor(
    private readonly clients: OAuthClients,
    private readonly accounts: OAuthAccounts,
    private readonly codes: OAuthCodes,
    private readonly flows: OAuthFlowCookies,
    private readonly throttle: CredentialThrottle,
  ) {}

  /**
   * What the provider is to put into the ID token; it is good once, within ten minutes, with this browser.
   *
   * @throws NotFoundException for a provider that is not offered, or issues no ID tokens.
   */
  async begin(provider: string, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    await this.throttle.request(request, 'oauth');
    this.clients.getOidc(provider);
    const nonce = randomBytes(32).toString('base64url');
    this.flows.keep(nonce, { provider, nonce, verifier: '' }, reply);
    return nonce;
  }

  /**
   * @throws UnauthorizedException, always the same, unless the token is the provider's for this client and for a nonce that this
   * browser was given and did not use yet; and what {@link OAuthAccounts.userOf} and {@link OAuthCodes.letIn} throw.
   */
  async signIn(provider: string, idToken: string, request: FastifyRequest, reply: FastifyReply): Promise<TokenPair> {
    await this.throttle.request(request, 'oauth');
    this.clients.getOidc(provider);
    // First of all: who was given no nonce cannot have us ask the provider for anything.
    const nonce = claimedNonceOf(idToken);
    const flow = nonce === null ? null : this.flows.take(provider, nonce, request, reply);
    // The flow of a code has a verifier, and is no leave to show an ID token.
    if (nonce === null || flow?.nonce !== nonce || flow.verifier !== '') return refuse();
    const answer = await this.clients.profileOfIdToken(provider, idToken, nonce);
    const user = await this.accounts.userOf(answer, clientInfoOf(request));
    // The browser was told to forget the flow; whoever kept a copy of it comes too late.
    return (await this.codes.letInOnce(user, nonce, request)) ?? refuse();
  }
}
