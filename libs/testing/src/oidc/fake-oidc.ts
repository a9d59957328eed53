import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import { MemoryStore } from './memory-store.js';

/** Seconds that what it issues is good for. */
const TTL = 3600;
const KEY_ID = 'of-a-fake';

/** Whom a {@link FakeOidc} knows. */
export interface FakeOidcAccount {
  /** The provider's key for the account. */
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly given_name?: string;
  readonly family_name?: string;
}

/** Of a {@link FakeOidc}. */
export interface FakeOidcOptions {
  /** Addresses to which people may be sent back. */
  readonly redirectUris: readonly string[];
}

/**
 * A provider of OpenID Connect in this process, for tests of sign-in by other services: a whole one, with codes, PKCE,
 * signed ID tokens and nothing to click.
 *
 * @example
 * ```ts
 * await using oidc = await FakeOidc.start({ redirectUris: ['http://localhost:8000/api/v1/auth/oauth/acme/callback'] });
 * oidc.signInAs({ sub: '1', email: 'ann@example.com', email_verified: true });
 * const callback = await oidc.visit(authorizationUrl);   // where the provider sends the browser back to
 * ```
 */
export class FakeOidc implements AsyncDisposable {
  /** What an application is registered as. */
  readonly clientId = 'application';
  readonly clientSecret = 'a-secret-of-the-application-at-the-fake';
  readonly issuer: string;
  readonly #key: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  #account: FakeOidcAccount = { sub: 'nobody' };

  private constructor(
    private readonly server: Server,
    { redirectUris }: FakeOidcOptions,
  ) {
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new Provider(this.issuer, {
      adapter: () => new MemoryStore(),
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: [...redirectUris],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
      conformIdTokenClaims: false,
      cookies: { keys: ['of a fake'] },
      features: { devInteractions: { enabled: false } },
      findAccount: (_context: unknown, sub: string) => ({
        accountId: sub,
        claims: () => ({ ...this.#account, sub }),
      }),
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      jwks: { keys: [{ ...this.#key.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }] },
      loadExistingGrant: grantAll,
      ttl: { AccessToken: TTL, AuthorizationCode: 60, Grant: TTL, IdToken: TTL, Interaction: TTL, Session: TTL },
    });
    provider.use(async (context: KoaContextWithOIDC, next: () => Promise<unknown>) => {
      if (!context.path.startsWith('/interaction/')) return next();
      const login = { accountId: this.#account.sub };
      await provider.interactionFinished(context.req, context.res, { login });
      context.respond = false;
    });
    const answer = provider.callback();
    server.on('request', (request, response) => void answer(request, response));
  }

  static async start(options: FakeOidcOptions): Promise<FakeOidc> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeOidc(server, options);
  }

  /** Who sits at the browser from now on. */
  signInAs(account: FakeOidcAccount): void {
    this.#account = account;
  }

  /** Goes where a browser would, and answers the address to which the provider sends it back. */
  async visit(authorizationUrl: string): Promise<string> {
    const cookies = new Map<string, string>();
    let address = authorizationUrl;
    while (address.startsWith(this.issuer)) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(address, { redirect: 'manual', headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`The fake provider answered ${answer.status}: ${await answer.text()}`);
      address = new URL(location, address).href;
    }
    return address;
  }

  /**
   * An ID token of who sits at the browser, as the provider's own script hands it to a page (Google One Tap).
   *
   * @param claims Those that it has beside, or instead of, the usual ones: its `nonce`, or an `aud` that is to be refused. One that is
   * `undefined` is left out.
   */
  idToken(claims: Readonly<Record<string, unknown>> = {}): string {
    const iat = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: this.clientId, iat, exp: iat + TTL };
    const signed = [
      { alg: 'RS256', typ: 'JWT', kid: KEY_ID },
      { ...this.#account, ...usual, ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#key).toString('base64url')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Nobody is asked whether the application may know who he is. */
async function grantAll({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
  grant.addOIDCScope('openid email profile');
  await grant.save();
  return grant;
}
