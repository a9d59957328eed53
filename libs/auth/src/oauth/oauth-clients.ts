import {
  BadRequestException,
  type Clock,
  CLOCK,
  NotFoundException,
  ServiceUnavailableException,
} from '@core-framework/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { errors, type JWTVerifyGetKey } from 'jose';
import * as oauth from 'openid-client';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { boundedFetch } from '../net/bounded-fetch.js';
import { remoteKeys } from '../net/remote-keys.js';
import { refuse } from '../tokens/tokens.service.js';
import { verifiedIdToken } from './id-token.js';
import type { OAuthFlow } from './oauth-flow.js';
import type { OAuthProfile, OAuthProvider } from './oauth-provider.js';
import { soundProfile } from './sound-profile.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;

/** Who somebody is, and the tokens by which the provider lets us ask. */
export interface ProviderAnswer {
  readonly provider: OAuthProvider;
  readonly profile: OAuthProfile;
  /** `null` when the provider gave us none: somebody showed what it gave him. */
  readonly tokens: Readonly<Record<string, unknown>> | null;
}

/** A way to a provider. */
export interface Departure {
  readonly url: string;
  readonly state: string;
  readonly flow: Pick<OAuthFlow, 'provider' | 'nonce' | 'verifier'>;
}

/** Speaks with providers: authorization codes with PKCE, state and nonce; and verifies ID tokens that others got of them. */
@Injectable()
export class OAuthClients {
  readonly #logger = new Logger('OAuth');
  readonly #configurations = new Map<string, Promise<oauth.Configuration>>();
  readonly #keys = new Map<string, JWTVerifyGetKey>();

  constructor(
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws NotFoundException for a provider that is not offered. */
  get(name: string): OAuthProvider {
    const provider = this.options.oauthProviders.find((one) => one.name === name);
    if (provider) return provider;
    throw new NotFoundException('There is no such provider.', { code: 'unknown_provider' });
  }

  /** @throws NotFoundException for a provider that is not offered, or speaks plain OAuth. */
  getOidc(name: string): OAuthProvider {
    const provider = this.get(name);
    if (!provider.endpoints) return provider;
    throw new NotFoundException('The provider issues no ID tokens.', { code: 'no_id_tokens' });
  }

  /** @throws ServiceUnavailableException when the provider cannot be reached. */
  async depart(name: string): Promise<Departure> {
    const provider = this.get(name);
    const configuration = await this.#configurationOf(provider);
    const [state, nonce, verifier] = [oauth.randomState(), oauth.randomNonce(), oauth.randomPKCECodeVerifier()];
    const url = oauth.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUriOf(provider),
      scope: provider.scope ?? 'openid email profile',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(!provider.endpoints && { nonce }),
    });
    return { url: url.href, state, flow: { provider: name, nonce, verifier } };
  }

  /**
   * Who came back.
   *
   * @param search The query with which he did.
   * @throws BadRequestException when the provider, or somebody in its name, tells nothing that can be believed.
   */
  async arrive({ provider: name, nonce, verifier }: OAuthFlow, state: string, search: string): Promise<ProviderAnswer> {
    const provider = this.get(name);
    const configuration = await this.#configurationOf(provider);
    const isOidc = provider.endpoints === undefined;
    const address = new URL(this.#redirectUriOf(provider));
    address.search = search;
    try {
      const checks = {
        expectedState: state,
        pkceCodeVerifier: verifier,
        ...(isOidc && { expectedNonce: nonce, idTokenExpected: true }),
      };
      const tokens = await oauth.authorizationCodeGrant(configuration, address, checks);
      const profile = isOidc
        ? await oidcProfile(configuration, tokens)
        : await provider.profile?.((url) => this.#ask(configuration, tokens.access_token, url));
      if (!profile) throw new TypeError('The provider names no account.');
      return { provider, profile: soundProfile(profile), tokens };
    } catch (error) {
      // What a provider says may hold parts of tokens.
      const { code = 'UNKNOWN', name: kind } = error as { code?: string; name: string };
      this.#logger.warn(`A sign-in by ${name} failed: ${kind} (${code}).`);
      throw new BadRequestException(`The sign-in by ${name} failed.`, { code: 'oauth_failed' });
    }
  }

  /**
   * Whom an ID token names that somebody got of the provider himself.
   *
   * @throws UnauthorizedException unless the provider issued it to this client and for this nonce, and it is in force;
   * ServiceUnavailableException when the provider cannot be reached.
   */
  async profileOfIdToken(name: string, idToken: string, nonce: string): Promise<ProviderAnswer> {
    const provider = this.getOidc(name);
    const server = (await this.#configurationOf(provider)).serverMetadata();
    const { issuer, id_token_signing_alg_values_supported: algorithms } = server;
    const keys = this.#keysOf(provider, server);
    try {
      const demands = { issuer, clientId: provider.clientId, nonce, ...(algorithms && { algorithms }) };
      const claims = await verifiedIdToken(idToken, keys, demands, this.clock);
      return { provider, profile: soundProfile(profileOf(claims)), tokens: null };
    } catch (error) {
      if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
      const code = error instanceof errors.JOSEError ? error.code : 'UNKNOWN';
      this.#logger.warn(`A sign-in by ${name} failed: ${error.name} (${code}).`);
      return refuse();
    }
  }

  #keysOf(provider: OAuthProvider, { jwks_uri: address = '' }: oauth.ServerMetadata): JWTVerifyGetKey {
    const { name, issuer } = provider;
    const known = this.#keys.get(name);
    if (known) return known;
    if (!URL.canParse(address) || (issuer.startsWith('https:') && !address.startsWith('https:'))) {
      this.#logger.error(`The provider ${name} names no address of its keys that can be trusted.`);
      throw unavailable(name);
    }
    const named = namedBy(provider);
    const keys = remoteKeys(address, { named, code: 'provider_unavailable', logger: this.#logger });
    this.#keys.set(name, keys);
    return keys;
  }

  async #ask(configuration: oauth.Configuration, token: string, url: string): Promise<unknown> {
    const answer = await oauth.fetchProtectedResource(configuration, token, new URL(url), 'GET');
    if (!answer.ok) throw new TypeError(`The provider answered ${answer.status}.`);
    return answer.json();
  }

  #redirectUriOf({ name, redirectUri }: OAuthProvider): string {
    return redirectUri ?? `${this.options.oauthApiUrl.replace(/(?<!\/)\/+$/, '')}/auth/oauth/${name}/callback`;
  }

  #configurationOf(provider: OAuthProvider): Promise<oauth.Configuration> {
    let known = this.#configurations.get(provider.name);
    if (!known) {
      known = this.#configure(provider);
      this.#configurations.set(provider.name, known);
      known.catch(() => this.#configurations.delete(provider.name));
    }
    return known;
  }

  #fetchOf(provider: OAuthProvider): typeof fetch {
    return boundedFetch({ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, named: namedBy(provider) }) as typeof fetch;
  }

  async #configure(provider: OAuthProvider): Promise<oauth.Configuration> {
    const { name, issuer, clientId, clientSecret, endpoints, clientAuthentication } = provider;
    const isInsecure = issuer.startsWith('http:');
    const authentication =
      clientAuthentication === 'client_secret_basic' ? oauth.ClientSecretBasic(clientSecret) : undefined;
    if (endpoints) {
      const { authorization, token } = endpoints;
      const server = { issuer, authorization_endpoint: authorization, token_endpoint: token };
      const configuration = new oauth.Configuration(server, clientId, clientSecret, authentication);
      configuration[oauth.customFetch] = this.#fetchOf(provider);
      // oxlint-disable-next-line no-deprecated
      if (isInsecure) oauth.allowInsecureRequests(configuration);
      return configuration;
    }
    try {
      return await oauth.discovery(new URL(issuer), clientId, clientSecret, authentication, {
        [oauth.customFetch]: this.#fetchOf(provider),
        // oxlint-disable-next-line no-deprecated
        ...(isInsecure && { execute: [oauth.allowInsecureRequests] }),
      });
    } catch (error) {
      this.#logger.error(`The provider ${name} cannot be reached: ${(error as Error).message}`);
      throw unavailable(name);
    }
  }
}

/** What the provider's document names may not lead into the network, unless the application names it, too. */
function namedBy({ issuer, endpoints, privateOrigins = [] }: OAuthProvider): readonly string[] {
  return [issuer, ...Object.values(endpoints ?? {}), ...privateOrigins];
}

function unavailable(name: string): ServiceUnavailableException {
  return new ServiceUnavailableException(`${name} cannot be reached.`, { code: 'provider_unavailable' });
}

type Grant = Awaited<ReturnType<typeof oauth.authorizationCodeGrant>>;

/** Google says all in the ID token, others only where they are asked. */
async function oidcProfile(configuration: oauth.Configuration, tokens: Grant): Promise<OAuthProfile> {
  const told = tokens.claims();
  if (!told) throw new TypeError('The provider gave no ID token.');
  const asks = told.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined;
  const claims = asks
    ? { ...told, ...(await oauth.fetchUserInfo(configuration, tokens.access_token, told.sub)) }
    : told;
  return profileOf({ ...claims, sub: told.sub });
}

function profileOf(claims: Readonly<Record<string, unknown>> & { readonly sub: string }): OAuthProfile {
  const { sub, email, email_verified: verified, given_name: first, family_name: last } = claims;
  return {
    subject: sub,
    email: typeof email === 'string' ? email : null,
    emailVerified: verified === true,
    firstName: typeof first === 'string' ? first : '',
    lastName: typeof last === 'string' ? last : '',
    claims,
  };
}
