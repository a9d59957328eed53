import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AuthEvent,
  AuthHooks,
  AuthModule,
  githubProfile,
  githubProvider,
  Hash,
  InMemoryMailSender,
  OAuthAccount,
  OAuthAccounts,
  type OAuthProfile,
  type OAuthProvider,
} from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { createTestApp, type TestApp, type TestResponse } from '@core-framework/testing';
import { FakeOidc } from '@core-framework/testing/oidc';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Account, API, type Held, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds, SERVERS } from '../support/databases.js';
import { AccountsWatch } from '../support/accounts-watch.js';
import { totpCode } from '../support/totp-codes.js';

const OAUTH = `${API}/auth/oauth`;
const PUBLIC = 'https://api.example.com/api/v1';
const SITE = 'https://app.example.com';

class Hooks extends AuthHooks<Account> {
  override async valuesOfOAuthUser(profile: OAuthProfile, provider: string) {
    return { ...(await super.valuesOfOAuthUser(profile, provider)), isSuperuser: true, isStaff: true, id: 99_999 };
  }
}

function appWith(oauthProviders: readonly OAuthProvider[]) {
  @Module({
    imports: [
      SettingsModule.forRoot(),
      CoreOrmModule.forRoot({ schema: 'update' }),
      ViewSetModule.forRoot(),
      AuthModule.forRoot({
        userModel: Account,
        oauthProviders,
        hooks: Hooks,
        mailSender: InMemoryMailSender,
        cookies: true,
      }),
    ],
  })
  class OAuthApp {}
  return OAuthApp;
}

const ENV = {
  OAUTH_API_URL: PUBLIC,
  AUTH_PUBLIC_URL: SITE,
  AUTH_THROTTLE_ENABLED: 'false',
  GOOGLE_CLIENT_ID: 'google-client',
  GOOGLE_CLIENT_SECRET: 'google-secret',
};

/** GitHub as far as a sign-in asks it. */
class FakeGithub implements AsyncDisposable {
  user: object = { id: 7, login: 'octo', name: 'Octo Cat' };
  emails: object = [
    { email: 'octo@example.com', primary: true, verified: true },
    { email: 'other@example.com', primary: false, verified: true },
  ];
  readonly #server = createServer((request: IncomingMessage, response) => {
    const answer = {
      '/token': { access_token: 'gho_x', token_type: 'bearer' },
      '/user': this.user,
      '/user/emails': this.emails,
    };
    request
      .resume()
      .on('end', () =>
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify(answer[request.url as '/user'] ?? {})),
      );
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A token as somebody makes it who has no key of the provider, or the wrong kind of one. */
function forged(header: object, idToken: string, secret?: string | Buffer): string {
  const payload = idToken.split('.')[1] ?? '';
  const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`;
  const signature = secret === undefined ? '' : createHmac('sha256', secret).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

describe.each(await databaseKinds())('sign-in by other services on %s', (kind) => {
  let app: TestApp;
  const watch = new AccountsWatch();
  let oidc: FakeOidc;
  const github = new FakeGithub();

  beforeAll(async () => {
    oidc = await FakeOidc.start({ redirectUris: [`${PUBLIC}/auth/oauth/acme/callback`] });
    const base = await github.start();
    const { issuer, clientId, clientSecret } = oidc;
    const acme = { name: 'acme', issuer, clientId, clientSecret, keepTokens: true };
    const hub = githubProvider({ clientId: 'g', clientSecret: 's' });
    const endpoints = { authorization: `${base}/authorize`, token: `${base}/token` };
    const down = { name: 'down', issuer: 'http://127.0.0.1:1', clientId: 'x' };
    const providers = [acme, { ...hub, issuer: base, endpoints, profile: githubProfile(base) }, down];
    app = await watch.start(appWith(providers), { database: SERVERS[kind], env: ENV });
    app.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 1000 });
  });
  afterAll(async () => {
    await app?.close();
    await oidc?.[Symbol.asyncDispose]();
    await github[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    app.clock.reset();
    await app.work(async () => {
      await Account.objects.delete();
      await AuthEvent.objects.delete();
    });
  });

  interface Departed {
    readonly url: string;
    readonly cookie: string;
  }
  const departed = (answer: TestResponse): Departed => ({
    url: answer.json<{ url: string }>().url,
    cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '',
  });
  const depart = async (provider = 'acme', next?: string) =>
    departed(await app.client.get(`${OAUTH}/${provider}/authorize`, { query: next === undefined ? {} : { next } }));
  const arrive = (address: string, cookie: string) => {
    const { pathname, search } = new URL(address);
    return app.client.with({ cookie }).get(`${pathname}${search}`);
  };
  async function signIn(next?: string): Promise<TestResponse> {
    const { url, cookie } = await depart('acme', next);
    return arrive(await oidc.visit(url), cookie);
  }
  const me = async (answer: TestResponse) =>
    (
      await app.client.with({ authorization: `Bearer ${answer.json<Held>().access_token}` }).get(`${API}/auth/me`)
    ).json<Account>();
  const create = (email: string, values: object = {}) =>
    app.work(() => Account.objects.createUser({ email, password: PASSWORD, isVerified: true, ...values }));
  const ANN = { sub: 'ann-1', email: 'ann@example.com', email_verified: true, given_name: 'Ann', family_name: 'Lee' };
  const login = async (email: string) =>
    (await app.client.post(`${API}/auth/login`, { email, password: PASSWORD })).json<Held>();
  const bearer = ({ access_token: token }: Held) => app.client.with({ authorization: `Bearer ${token}` });

  test('a newcomer gets an account with what may be written, and comes back to the same one', async () => {
    oidc.signInAs(ANN);
    const first = await signIn();
    expect([first.status, first.headers['cache-control']]).toEqual([200, 'no-store']);
    const user = await me(first);
    expect(user).toMatchObject({ email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee', isVerified: true });
    expect(user).toMatchObject({ isSuperuser: false, isStaff: false });
    expect(user.id).not.toBe(99_999);
    oidc.signInAs({ ...ANN, email: 'another@example.com', given_name: 'Bea' });
    expect(await me(await signIn())).toMatchObject({ id: user.id, email: 'ann@example.com' });
    const names = await app.work(() => AuthEvent.objects.orderBy('name').pluck('name'));
    expect(names).toEqual(['authn_login_success', 'authn_login_success', 'authn_oauth_linked', 'user_created']);
    await app.work(async () => {
      const [row] = await OAuthAccount.objects.values();
      expect(row).toMatchObject({ provider: 'acme', subject: 'ann-1', email: 'another@example.com' });
      expect(JSON.stringify(row)).not.toMatch(/ey[\w-]+\.[\w-]+\.[\w-]+|access_token/);
      const tokens = await app.nest.get(OAuthAccounts).tokensOf(user.id, 'acme');
      expect(tokens).toMatchObject({ access_token: expect.any(String), id_token: expect.any(String) });
      expect((await Account.objects.get({ id: user.id })).hasUsablePassword()).toBe(false);
    });
  });

  test('browsers are sent on, and the cookie of a flow is theirs alone', async () => {
    const answer = await app.client.with({ accept: 'text/html' }).get(`${OAUTH}/acme/authorize`);
    expect(answer.status).toBe(302);
    const url = new URL(String(answer.headers.location));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: oidc.clientId,
      redirect_uri: `${PUBLIC}/auth/oauth/acme/callback`,
      response_type: 'code',
      scope: 'openid email profile',
      state: expect.any(String),
      nonce: expect.any(String),
      code_challenge: expect.any(String),
      code_challenge_method: 'S256',
    });
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Host-oauth-[0-9a-f]{16}=v1\.[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  test('SEC-80: nobody is linked by an address that is not known to be his on both sides', async () => {
    oidc.signInAs({ ...ANN, email_verified: false });
    await create('ann@example.com');
    for (const isVerified of [true, false]) {
      await app.work(() => Account.objects.update({ isVerified }));
      const answer = await signIn();
      expect([answer.status, answer.json()]).toMatchObject([409, { code: 'account_exists' }]);
    }
    oidc.signInAs(ANN);
    expect((await signIn()).json()).toMatchObject({ code: 'account_exists' });
    expect(await app.work(() => OAuthAccount.objects.count())).toBe(0);
    await app.work(() => Account.objects.update({ isVerified: true }));
    const { id } = await app.work(() => Account.objects.get({ email: 'ann@example.com' }));
    expect(await me(await signIn())).toMatchObject({ id });
    expect(await app.work(() => OAuthAccount.objects.count())).toBe(1);
  });

  test('an address that the provider does not vouch for makes an account that is not confirmed; none makes none', async () => {
    oidc.signInAs({ ...ANN, email_verified: false });
    expect(await me(await signIn())).toMatchObject({ isVerified: false });
    oidc.signInAs({ sub: 'nameless' });
    expect((await signIn()).json()).toMatchObject({ code: 'email_required' });
  });

  test('SEC-65: what people call themselves elsewhere fails no sign-in, and no address is mailed to that is none', async () => {
    const long = `${'x'.repeat(149)}\u{1f600}`;
    for (const [n, [given, kept]] of [
      ['A\0nn', 'Ann'],
      [long, 'x'.repeat(149)],
      ['x'.repeat(300), 'x'.repeat(150)],
    ].entries()) {
      oidc.signInAs({ sub: `named-${n}`, email: `named-${n}@example.com`, email_verified: true, given_name: given });
      expect(await me(await signIn())).toMatchObject({ firstName: kept });
      oidc.signInAs({ sub: `shown-${n}`, email: `shown-${n}@example.com`, email_verified: true, given_name: given });
      expect(await me(await showWith({}))).toMatchObject({ firstName: kept });
    }
    const count = await app.work(() => Account.objects.count());
    const addresses = [
      'a\nBcc: evil@example.com',
      'ann',
      'a@b@c.de',
      `${'x'.repeat(250)}@example.com`,
      'a\0@example.com',
      '',
    ];
    for (const email of addresses) {
      oidc.signInAs({ sub: 'nowhere', email, email_verified: true });
      for (const answer of [await signIn(), await showWith({})]) {
        expect([email, answer.status, answer.json()]).toMatchObject([email, 400, { code: 'email_required' }]);
      }
    }
    oidc.signInAs(ANN);
    for (const sub of ['a\0', 'x'.repeat(256)]) expect(refusalOf(await showWith({ sub }))).toEqual(REFUSED);
    expect(await app.work(() => Account.objects.count())).toBe(count);
  });

  test('who is not active is not let in', async () => {
    oidc.signInAs(ANN);
    await signIn();
    await app.work(() => Account.objects.update({ isActive: false }));
    const answer = await signIn();
    expect([answer.status, answer.json()]).toMatchObject([401, { code: 'invalid_credentials' }]);
  });

  test('SEC-52: only the browser that set out comes back, once, in time, with its own state', async () => {
    oidc.signInAs(ANN);
    const mine = await depart();
    const theirs = await depart();
    const callback = await oidc.visit(mine.url);
    const refused = async (address: string, cookie: string) => {
      const answer = await arrive(address, cookie);
      expect([answer.status, answer.json()]).toMatchObject([400, { code: 'invalid_state' }]);
    };
    await refused(callback, '');
    await refused(callback, theirs.cookie);
    await refused(callback, `${mine.cookie.split('=')[0]}=${theirs.cookie.split('=')[1]}`);
    await refused(callback, `${mine.cookie}; ${mine.cookie}`);
    await refused(callback, `${mine.cookie}x`);
    await refused(callback.replace(/state=[^&]+/, 'state='), mine.cookie);
    await refused(callback.replace(/state=[^&]+/, 'x=1'), mine.cookie);
    await refused(`${callback}&state=2`, mine.cookie);
    await refused(callback.replace('acme', 'github'), mine.cookie);
    app.clock.advance({ minutes: 11 });
    await refused(callback, mine.cookie);
    app.clock.reset();
    expect((await arrive(callback, mine.cookie)).status).toBe(200);
    const again = await arrive(callback, mine.cookie);
    expect([again.status, again.json()]).toMatchObject([400, { code: 'oauth_failed' }]);
  });

  test('SEC-81: what a provider did not say is not believed', async () => {
    oidc.signInAs(ANN);
    const first = await depart();
    const second = await depart();
    const [one, two] = [await oidc.visit(first.url), await oidc.visit(second.url)];
    const swapped = new URL(one);
    swapped.searchParams.set('code', new URL(two).searchParams.get('code') ?? '');
    expect((await arrive(swapped.href, first.cookie)).json()).toMatchObject({ code: 'oauth_failed' });
    const elsewhere = await depart();
    const foreign = new URL(await oidc.visit(elsewhere.url));
    foreign.searchParams.set('iss', 'https://evil.example');
    expect((await arrive(foreign.href, elsewhere.cookie)).json()).toMatchObject({ code: 'oauth_failed' });
    const denied = await depart();
    const state = new URL(denied.url).searchParams.get('state');
    const refused = await arrive(
      `${PUBLIC}/auth/oauth/acme/callback?error=access_denied&error_description=%3Cscript%3E&state=${state}`,
      denied.cookie,
    );
    expect([refused.status, refused.text.includes('script')]).toEqual([400, false]);
  });

  interface Begun {
    readonly nonce: string;
    readonly cookie: string;
  }
  async function begin(provider = 'acme'): Promise<Begun> {
    const answer = await app.client.post(`${OAUTH}/${provider}/nonce`);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    return {
      nonce: answer.json<{ nonce: string }>().nonce,
      cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '',
    };
  }
  function show(idToken: string, cookie: string, path = 'auth/oauth/acme/id-token'): Promise<TestResponse> {
    watch.add(idToken);
    return app.client.with({ cookie }).post(`${API}/${path}`, { idToken });
  }
  async function showWith(claims: Readonly<Record<string, unknown>>): Promise<TestResponse> {
    const { nonce, cookie } = await begin();
    return show(oidc.idToken({ nonce, ...claims }), cookie);
  }
  /** What all refusals have in common; only the id of the request tells one from the other. */
  const refusalOf = (answer: TestResponse) => {
    const { code, detail } = answer.json<{ code: string; detail: string }>();
    return { status: answer.status, code, detail, cache: answer.headers['cache-control'] };
  };
  const REFUSED = { status: 401, code: 'invalid_token', detail: 'Given token is not valid.', cache: 'no-store' };

  test('SEC-81: an ID token that a page got itself signs in, and is known by its subject', async () => {
    oidc.signInAs(ANN);
    const first = await showWith({});
    expect([first.status, first.headers['cache-control'], first.json()]).toEqual([
      200,
      'no-store',
      expect.objectContaining({ token_type: 'bearer', refresh_token: expect.any(String) }),
    ]);
    const user = await me(first);
    expect(user).toMatchObject({ email: 'ann@example.com', firstName: 'Ann', isVerified: true, isSuperuser: false });
    oidc.signInAs({ ...ANN, email: 'another@example.com' });
    expect(await me(await showWith({ azp: oidc.clientId }))).toMatchObject({ id: user.id, email: 'ann@example.com' });
    const many = { aud: [oidc.clientId, 'another'], azp: oidc.clientId };
    expect(await me(await showWith(many))).toMatchObject({ id: user.id });
    expect(await app.work(() => OAuthAccount.objects.pluck('subject'))).toEqual(['ann-1']);
    // By a code and by an ID token it is the same account, whose kept tokens stay.
    expect(await me(await signIn())).toMatchObject({ id: user.id });
    expect((await showWith({})).status).toBe(200);
    const kept = await app.work(() => app.nest.get(OAuthAccounts).tokensOf(user.id, 'acme'));
    expect(kept).toMatchObject({ access_token: expect.any(String) });
    await app.work(() => Account.objects.update({ isActive: false }));
    expect((await showWith({})).json()).toMatchObject({ code: 'invalid_credentials' });
  });

  const now = () => Math.floor(Date.now() / 1000);
  test.each<[string, () => Readonly<Record<string, unknown>>]>([
    ['was issued to another client', () => ({ aud: 'another' })],
    ['was issued to nobody', () => ({ aud: undefined })],
    ['was issued to many, and does not say at whose wish', () => ({ aud: ['application', 'another'] })],
    ['was issued at the wish of another client', () => ({ azp: 'another' })],
    ['was issued to us and others at the wish of another', () => ({ aud: ['application', 'another'], azp: 'another' })],
    ['has expired', () => ({ iat: now() - 7200, exp: now() - 60 })],
    ['never expires', () => ({ exp: undefined })],
    ['is not in force yet', () => ({ nbf: now() + 600 })],
    ['comes from the future', () => ({ iat: now() + 600 })],
    ['does not say when it was issued', () => ({ iat: undefined })],
    ['is of another issuer', () => ({ iss: 'https://evil.example' })],
    ['is of no issuer', () => ({ iss: undefined })],
    ['names nobody', () => ({ sub: undefined })],
    ['names nobody in particular', () => ({ sub: '' })],
    ['names somebody by a number', () => ({ sub: 1 })],
    ['has no nonce', () => ({ nonce: undefined })],
    ['has a nonce of its own', () => ({ nonce: 'x'.repeat(43) })],
    ['has a nonce that is no text', () => ({ nonce: ['x'] })],
  ])('SEC-81: an ID token is refused that %s', async (_what, claims) => {
    oidc.signInAs(ANN);
    expect(refusalOf(await showWith(claims()))).toEqual(REFUSED);
    expect(await app.work(() => Account.objects.count())).toBe(0);
  });

  test('SEC-81: an ID token is refused that the provider did not sign', async () => {
    oidc.signInAs(ANN);
    const { keys } = (await (await fetch(`${oidc.issuer}/jwks`)).json()) as { keys: [JsonWebKey & { kid: string }] };
    const [key] = keys;
    const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const { kid } = key;
    await using other = await FakeOidc.start({ redirectUris: ['https://app.example.com/'] });
    other.signInAs(ANN);
    const forgeries: ((idToken: string, nonce: string) => string)[] = [
      (token) => forged({ alg: 'none' }, token),
      (token) => forged({ alg: 'none', kid }, token, 'x'),
      (token) => forged({ alg: 'HS256' }, token, oidc.clientSecret),
      (token) => forged({ alg: 'HS256', kid }, token, oidc.clientSecret),
      (token) => forged({ alg: 'HS256', kid }, token, pem),
      (token) => forged({ alg: 'RS256', kid }, token, pem),
      (token) => forged({ alg: 'RS256', kid: 'unknown' }, token, pem),
      (token) => forged({ alg: 'RS256', kid, jwk: key }, token, pem),
      (_token, nonce) => other.idToken({ iss: oidc.issuer, nonce }),
      (token, nonce) => {
        const [header, , signature] = token.split('.');
        const payload = oidc.idToken({ nonce, sub: 'eve' }).split('.')[1];
        return [header, payload, signature].join('.');
      },
      (token) => token.slice(0, token.lastIndexOf('.') + 1),
      (token) => `${token}.x`,
      () => 'x',
      () => '..',
    ];
    for (const forge of forgeries) {
      const { nonce, cookie } = await begin();
      expect(refusalOf(await show(forge(oidc.idToken({ nonce }), nonce), cookie))).toEqual(REFUSED);
    }
    expect(await app.work(() => Account.objects.count())).toBe(0);
  });

  test('SEC-81: the nonce of an ID token is of this browser and this provider, and good once, in time', async () => {
    oidc.signInAs(ANN);
    const [mine, theirs] = [await begin(), await begin()];
    const idToken = oidc.idToken({ nonce: mine.nonce });
    const refused = async (token: string, cookie: string) =>
      expect(refusalOf(await show(token, cookie))).toEqual(REFUSED);
    await refused(idToken, '');
    await refused(idToken, theirs.cookie);
    await refused(idToken, `${mine.cookie.split('=')[0]}=${theirs.cookie.split('=')[1]}`);
    await refused(idToken, mine.cookie.replace('=v1.', '=v1.xxxx'));
    const ofAnother = await begin('down');
    await refused(oidc.idToken({ nonce: ofAnother.nonce }), ofAnother.cookie);
    app.clock.advance({ minutes: 11 });
    await refused(idToken, mine.cookie);
    app.clock.reset();
    // The browser is told to forget it; and who does not is not let in again.
    const used = await show(idToken, mine.cookie);
    expect([used.status, String(used.headers['set-cookie'])]).toEqual([200, expect.stringContaining('Max-Age=0')]);
    await refused(idToken, mine.cookie);
    const both = await begin();
    const twice = oidc.idToken({ nonce: both.nonce });
    const statuses = (await Promise.all([show(twice, both.cookie), show(twice, both.cookie)])).map((one) => one.status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  test('SEC-81: flows of codes and of ID tokens are not taken for each other', async () => {
    oidc.signInAs(ANN);
    const { url, cookie } = await depart();
    const { state, nonce } = Object.fromEntries(new URL(url).searchParams);
    for (const taken of [state, nonce]) {
      expect(refusalOf(await show(oidc.idToken({ nonce: taken }), cookie))).toEqual(REFUSED);
    }
    const begun = await begin();
    const answer = await arrive(`${PUBLIC}/auth/oauth/acme/callback?code=x&state=${begun.nonce}`, begun.cookie);
    expect([answer.status, answer.json()]).toMatchObject([400, { code: 'invalid_state' }]);
  });

  test('SEC-81: an ID token links by an address only where both sides know that it is his', async () => {
    const { id } = await create('ann@example.com');
    oidc.signInAs({ ...ANN, email_verified: false });
    const unverified = await showWith({});
    expect([unverified.status, unverified.json()]).toMatchObject([409, { code: 'account_exists' }]);
    expect((await showWith({ email_verified: 'true' })).status).toBe(409);
    await app.work(() => Account.objects.update({ isVerified: false }));
    expect((await showWith({ email_verified: true })).status).toBe(409);
    expect(await app.work(() => OAuthAccount.objects.count())).toBe(0);
    await app.work(() => Account.objects.update({ isVerified: true }));
    expect(await me(await showWith({ email_verified: true }))).toMatchObject({ id });
    expect((await showWith({ sub: 'nameless', email: undefined })).json()).toMatchObject({ code: 'email_required' });
  });

  test('SEC-81: pages that keep their session in cookies get it by an ID token, too', async () => {
    oidc.signInAs(ANN);
    const { nonce, cookie } = await begin();
    const answer = await show(oidc.idToken({ nonce }), cookie, 'auth/cookie/oauth/acme/id-token');
    expect([answer.status, Object.keys(answer.json())]).toEqual([200, ['csrf_token', 'expires_in']]);
    expect(refusalOf(await show(oidc.idToken({ nonce }), cookie, 'auth/cookie/oauth/acme/id-token'))).toMatchObject({
      status: 401,
      code: 'invalid_token',
    });
  });

  test('SEC-84: an ID token is one factor, and the second one is asked for', async () => {
    oidc.signInAs(ANN);
    const user = bearer((await showWith({})).json<Held>());
    const { secret } = (await user.post(`${API}/auth/2fa/totp`)).json<{ secret: string }>();
    const code = () => totpCode(secret, app.clock.now());
    expect((await user.post(`${API}/auth/2fa/totp/confirm`, { code: code() })).status).toBe(200);
    app.clock.advance({ seconds: 60 });
    for (const [path, verify] of [
      ['auth/oauth/acme/id-token', 'auth/2fa/verify'],
      ['auth/cookie/oauth/acme/id-token', 'auth/cookie/2fa/verify'],
    ] as const) {
      const { nonce, cookie } = await begin();
      const answer = await show(oidc.idToken({ nonce }), cookie, path);
      expect([answer.status, answer.json()]).toMatchObject([401, { code: 'mfa_required' }]);
      expect(answer.text).not.toContain('access_token');
      const { mfaToken } = answer.json<{ detail: { mfaToken: string } }>().detail;
      expect((await app.client.post(`${API}/${verify}`, { mfaToken, code: '000000' })).status).toBe(401);
      expect((await app.client.post(`${API}/${verify}`, { mfaToken, code: code() })).status).toBe(200);
      app.clock.advance({ seconds: 60 });
    }
  });

  test('ID tokens are of providers that issue them and can be reached', async () => {
    for (const [name, code] of [
      ['github', 'no_id_tokens'],
      ['nobody', 'unknown_provider'],
    ]) {
      const answers = [
        await app.client.post(`${OAUTH}/${name}/nonce`),
        await show('x', '', `auth/oauth/${name}/id-token`),
      ];
      for (const answer of answers) expect([answer.status, answer.json()]).toMatchObject([404, { code }]);
    }
    const { nonce, cookie } = await begin('down');
    const answer = await show(oidc.idToken({ nonce }), cookie, 'auth/oauth/down/id-token');
    expect([answer.status, answer.json()]).toMatchObject([503, { code: 'provider_unavailable' }]);
  });

  test('SEC-45 and SEC-57: a page gets a code for a minute behind the #, and only pages of the application', async () => {
    oidc.signInAs(ANN);
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      'https://app.example.com@evil.example/',
      'https://app.example.com.evil.example/',
      'data:text/html,x',
      `https://u:p@app.example.com/`,
    ]) {
      const answer = await app.client.get(`${OAUTH}/acme/authorize`, { query: { next } });
      expect([next, answer.status, answer.json()]).toMatchObject([next, 400, { code: 'invalid_next' }]);
    }
    const answer = await signIn('/welcome?tab=1');
    const address = String(answer.headers.location);
    expect([answer.status, address]).toEqual([
      302,
      expect.stringMatching(/^https:\/\/app\.example\.com\/welcome\?tab=1#code=[\w-]{43}$/),
    ]);
    const code = address.split('#code=')[1];
    const tokens = await app.client.post(`${OAUTH}/token`, { code });
    expect([tokens.status, tokens.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(await me(tokens)).toMatchObject({ email: 'ann@example.com' });
    expect((await app.client.post(`${OAUTH}/token`, { code })).status).toBe(400);
    const late = String((await signIn('/')).headers.location).split('#code=')[1];
    app.clock.advance({ minutes: 2 });
    expect((await app.client.post(`${OAUTH}/token`, { code: late })).json()).toMatchObject({ code: 'invalid_code' });
    app.clock.reset();
    await app.work(() => Account.objects.update({ isVerified: false }));
    await app.work(() => OAuthAccount.objects.delete());
    expect((await signIn('/')).headers.location).toBe(`${SITE}/#error=account_exists`);
  });

  test('SEC-78: who signed in a moment ago links accounts of his own, and unlinks all but the last way in', async () => {
    await create('bob@example.com');
    await create('eve@example.com');
    const bob = bearer(await login('bob@example.com'));
    oidc.signInAs({ ...ANN, email_verified: false });
    const linking = departed(await bob.post(`${OAUTH}/acme/link`, {}));
    const linked = await arrive(await oidc.visit(linking.url), linking.cookie);
    expect([linked.status, linked.json()]).toEqual([200, { linked: true }]);
    const accounts = (await bob.get(`${OAUTH}/accounts`)).json<{ id: number }[]>();
    expect(accounts).toEqual([
      {
        id: expect.any(Number),
        provider: 'acme',
        email: 'ann@example.com',
        emailVerified: false,
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
      },
    ]);
    expect(await me(await signIn())).toMatchObject({ email: 'bob@example.com' });

    const eve = bearer(await login('eve@example.com'));
    expect((await eve.get(`${OAUTH}/accounts`)).json()).toEqual([]);
    const stealing = departed(await eve.post(`${OAUTH}/acme/link`, {}));
    const taken = await arrive(await oidc.visit(stealing.url), stealing.cookie);
    expect([taken.status, taken.json()]).toMatchObject([409, { code: 'oauth_account_taken' }]);
    const id = accounts[0]?.id;
    expect((await eve.delete(`${OAUTH}/accounts/${id}`)).status).toBe(404);
    await app.work(() => Account.objects.filter({ email: 'bob@example.com' }).update({ passwordHash: null }));
    expect((await bob.delete(`${OAUTH}/accounts/${id}`)).json()).toMatchObject({ code: 'last_way_in' });
    await create('zoe@example.com');
    const { passwordHash } = await app.work(() => Account.objects.get({ email: 'zoe@example.com' }));
    await app.work(() => Account.objects.filter({ email: 'bob@example.com' }).update({ passwordHash }));
    app.clock.advance({ minutes: 20 });
    expect((await bob.post(`${OAUTH}/acme/link`, {})).status).toBe(403);
    expect((await bob.delete(`${OAUTH}/accounts/${id}`)).status).toBe(403);
    app.clock.reset();
    expect((await bob.delete(`${OAUTH}/accounts/${id}`)).status).toBe(204);
    expect((await app.client.post(`${OAUTH}/acme/link`, {})).status).toBe(401);
  });

  test('GitHub, which is no OpenID Connect, tells the account by its number and the primary address', async () => {
    const visit = async () => {
      const { url, cookie } = await depart('github');
      const state = new URL(url).searchParams.get('state');
      expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
      return arrive(`${PUBLIC}/auth/oauth/github/callback?code=c&state=${state}`, cookie);
    };
    expect(await me(await visit())).toMatchObject({ email: 'octo@example.com', firstName: 'Octo', isVerified: true });
    github.user = { id: 8, login: 'octo' };
    github.emails = [{ email: 'octo@example.com', primary: true, verified: false }];
    expect((await visit()).json()).toMatchObject({ code: 'account_exists' });
    for (const user of [{}, { id: { $ne: null } }, { id: '7' }, []]) {
      github.user = user;
      expect((await visit()).json()).toMatchObject({ code: 'oauth_failed' });
    }
  });

  test('providers that are not offered are 404, those that are down 503; Google is offered by its settings', async () => {
    for (const name of ['nobody', '__proto__', 'ACME']) {
      expect((await app.client.get(`${OAUTH}/${name}/authorize`)).status).toBe(404);
      expect((await app.client.get(`${OAUTH}/${name}/callback?state=x`)).status).toBe(404);
    }
    const down = await app.client.get(`${OAUTH}/down/authorize`);
    expect([down.status, down.json()]).toMatchObject([503, { code: 'provider_unavailable' }]);
    expect((await app.client.get(`${OAUTH}/google/callback?state=x`)).json()).toMatchObject({ code: 'invalid_state' });
  });
});

test.each([
  [{ name: 'A b', issuer: 'https://x.example', clientId: 'x' }, 'fits in no address'],
  [{ name: 'x', issuer: 'x.example', clientId: 'x' }, 'no address'],
  [{ name: 'x', issuer: 'https://x.example', clientId: '' }, 'no clientId'],
  [{ name: 'google', issuer: 'https://x.example', clientId: 'x' }, 'named twice'],
  [{ name: 'x', issuer: 'https://x.example', clientId: 'x', endpoints: { authorization: '', token: '' } }, 'both'],
])('the provider %j is refused at start', async (provider, message) => {
  await expect(createTestApp(appWith([provider]), { env: ENV })).rejects.toThrow(message);
});
