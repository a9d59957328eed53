import { OneTimeTokens } from '@core-framework/auth';
import type { TestResponse } from '@core-framework/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API, Letter, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';
import { totpCode } from '../support/totp-codes.js';

/** What a browser keeps after a sign-in. */
interface Jar {
  readonly cookie: string;
  readonly csrf: string;
}

const cookiesOf = ({ headers }: TestResponse) => [headers['set-cookie'] ?? []].flat();
const jarOf = (answer: TestResponse): Jar => ({
  cookie: cookiesOf(answer)
    .map((line) => line.split(';')[0])
    .join('; '),
  csrf: answer.json<{ csrf_token: string }>().csrf_token,
});

describe.each(await databaseKinds())('cookies on %s', (kind) => {
  let world: AccountsApp;
  beforeAll(async () => {
    world = await AccountsApp.start(kind, { BACKEND_CORS_ORIGINS: 'https://app.example.com' });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const signIn = (headers: Record<string, string> = {}) =>
    world.app.client.post(`${API}/auth/cookie/login`, { email: 'alice@example.com', password: PASSWORD }, { headers });
  const browser = ({ cookie, csrf }: Jar, headers: Record<string, string> = {}) =>
    world.app.client.with({ cookie, 'x-csrf-token': csrf, origin: 'https://app.example.com', ...headers });
  const change = (jar: Jar, headers: Record<string, string> = {}) =>
    browser(jar, headers).patch(`${API}/auth/me`, { lastName: 'A.' });

  test('SEC-49: cookies are out of reach of scripts, other sites and plain HTTP, and no body has a token', async () => {
    const answer = await signIn();
    expect([answer.status, answer.json()]).toEqual([200, { csrf_token: expect.any(String), expires_in: 1800 }]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(cookiesOf(answer)).toEqual([
      expect.stringMatching(/^__Host-auth=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/),
      expect.stringMatching(
        /^__Secure-auth-refresh=[\w.-]+; Path=\/api\/v1\/auth\/cookie; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
  });

  test('let a browser in, refresh and end with the session', async () => {
    const jar = jarOf(await signIn());
    expect((await browser(jar).get(`${API}/auth/me`)).json()).toMatchObject({ email: 'alice@example.com' });
    expect((await change(jar)).status).toBe(200);
    expect((await browser(jar).get(`${API}/auth/cookie/csrf`)).json()).toEqual({ csrf_token: jar.csrf });
    const refreshed = await browser(jar).post(`${API}/auth/cookie/refresh`);
    expect([refreshed.status, jarOf(refreshed).csrf]).toEqual([200, jar.csrf]);
    const next = jarOf(refreshed);
    const gone = await browser(next).post(`${API}/auth/cookie/logout`);
    expect([gone.status, cookiesOf(gone)]).toEqual([
      204,
      [
        expect.stringMatching(/^__Host-auth=; .*Max-Age=0;/),
        expect.stringMatching(/^__Secure-auth-refresh=; .*Max-Age=0;/),
      ],
    ]);
    expect((await browser(next).get(`${API}/auth/me`)).status).toBe(401);
    expect((await browser(next).post(`${API}/auth/cookie/refresh`)).status).toBe(401);
  });

  test('SEC-50: what changes something needs the token of the session and a trusted origin', async () => {
    const jar = jarOf(await signIn());
    const other = jarOf(await signIn());
    const without = world.app.client.with({ cookie: jar.cookie });
    const answer = await without.patch(`${API}/auth/me`, { lastName: 'X' });
    expect([answer.status, answer.json().code]).toEqual([403, 'csrf_failed']);
    const wrong: Record<string, string>[] = [
      { 'x-csrf-token': '' },
      { 'x-csrf-token': other.csrf },
      { 'x-csrf-token': `${jar.csrf}x` },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://app.example.com.evil.example' },
      { origin: 'http://app.example.com' },
    ];
    for (const headers of wrong) {
      expect([headers, (await change(jar, headers)).status]).toEqual([headers, 403]);
      expect([headers, (await browser(jar, headers).post(`${API}/auth/cookie/refresh`)).status]).toEqual([
        headers,
        403,
      ]);
    }
    const crossSite = world.app.client.with({
      cookie: jar.cookie,
      'x-csrf-token': jar.csrf,
      'sec-fetch-site': 'cross-site',
    });
    expect((await crossSite.patch(`${API}/auth/me`, { lastName: 'X' })).status).toBe(403);
    expect((await change(jar)).status).toBe(200);
  });

  test('SEC-50: that holds for every verb that changes rows, and for no other way in', async () => {
    const jar = jarOf(await signIn());
    const id = await world.app.work(async () => {
      const author = await Account.objects.get({ email: 'alice@example.com' });
      await author.addPermission('letters.create');
      return (await Letter.objects.create({ title: 'Mine', author })).id;
    });
    const requests = [
      ['POST', 'letters', { title: 'New' }, 201],
      ['PUT', `letters/${id}`, { title: 'Put' }, 200],
      ['PATCH', `letters/${id}`, { title: 'Patched' }, 200],
      ['POST', `letters/${id}/publish`, {}, 201],
      ['DELETE', `letters/${id}`, undefined, 204],
    ] as const;
    for (const [method, path, body] of requests) {
      const bare = world.app.client.with({ cookie: jar.cookie });
      const foreign = ['https://evil.example', 'null', 'https://app.example.com.evil.example'].map((origin) =>
        browser(jar, { origin }),
      );
      const crossSite = bare.with({ 'x-csrf-token': jar.csrf, 'sec-fetch-site': 'cross-site' });
      for (const client of [bare, ...foreign, crossSite]) {
        const answer = await client.request(method, `${API}/${path}`, { body });
        expect([method, path, answer.status, answer.json().code]).toEqual([method, path, 403, 'csrf_failed']);
      }
    }
    expect((await world.app.work(() => Letter.objects.get({ id }))).title).toBe('Mine');
    const bearer = world.bearer(await world.hold('alice')).with({ origin: 'https://evil.example' });
    expect((await bearer.patch(`${API}/letters/${id}`, { title: 'By a token' })).status).toBe(200);
    for (const [method, path, body, status] of requests) {
      const answer = await browser(jar).request(method, `${API}/${path}`, { body });
      expect([method, path, answer.status < 300 && answer.status]).toEqual([
        method,
        path,
        status === 201 && path.endsWith('publish') ? expect.any(Number) : status,
      ]);
    }
  });

  test.each([
    ['application/x-www-form-urlencoded', 'title=Forged'],
    ['text/plain', '{"title":"Forged"}'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nForged\r\n--b--\r\n',
    ],
  ])('SEC-51: %s of a browser that is signed in writes nothing, not even with its token', async (type, body) => {
    const jar = jarOf(await signIn());
    await world.app.work(async () =>
      (await Account.objects.get({ email: 'alice@example.com' })).addPermission('letters.create'),
    );
    const plain = world.app.client.with({ cookie: jar.cookie, 'content-type': type, origin: 'https://evil.example' });
    expect((await plain.post(`${API}/letters`, body)).status).toBe(403);
    const answer = await browser(jar, { 'content-type': type }).post(`${API}/letters`, body);
    expect([answer.status, answer.json().code]).toEqual([415, expect.any(String)]);
    expect(await world.app.work(() => Letter.objects.filter({ title: 'Forged' }).count())).toBe(0);
  });

  test('SEC-52: no other way in by cookies is taken from a page elsewhere, and the form of a login sets none', async () => {
    const evil = { origin: 'https://evil.example' };
    const code = await world.app.work(async () => {
      const alice = await Account.objects.get({ email: 'alice@example.com' });
      return world.app.nest.get(OneTimeTokens).issue(alice, 'oauth_sign_in', 1);
    });
    for (const [path, body] of [
      ['oauth/token', { code }],
      ['2fa/verify', { mfaToken: 'x', code: '000000' }],
      ['oauth/acme/id-token', { idToken: 'x' }],
    ] as const) {
      for (const headers of [evil, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await world.app.client.post(`${API}/auth/cookie/${path}`, body, { headers });
        expect([path, answer.status, answer.json().code, cookiesOf(answer)]).toEqual([path, 403, 'csrf_failed', []]);
      }
    }
    const form = `username=alice%40example.com&password=${encodeURIComponent(PASSWORD)}`;
    const headers = { ...evil, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await world.app.client.post(`${API}/auth/login`, form, { headers });
    expect([answer.status, cookiesOf(answer)]).toEqual([200, []]);
    // The code is good still: who came from elsewhere did not use it up.
    expect((await world.app.client.post(`${API}/auth/cookie/oauth/token`, { code })).status).toBe(200);
  });

  test('SEC-50: a page of the API’s own host is trusted, unless it came in clear where the API does not', async () => {
    await using trusting = await AccountsApp.start(kind, { TRUST_PROXY: '127.0.0.1' });
    const signInFrom = (origin: string, proto: string) =>
      trusting.app.client.post(
        `${API}/auth/cookie/login`,
        { email: 'alice@example.com', password: PASSWORD },
        { headers: { host: 'api.example.com', origin, 'x-forwarded-proto': proto } },
      );
    for (const [origin, proto, status] of [
      ['https://api.example.com', 'https', 200],
      ['http://api.example.com', 'https', 403],
      ['https://api.example.com:444', 'https', 403],
      ['https://api.example.com', 'http', 200],
      ['http://api.example.com', 'http', 200],
      ['https://evil.example', 'https', 403],
    ] as const) {
      expect([origin, proto, (await signInFrom(origin, proto)).status]).toEqual([origin, proto, status]);
    }
  });

  test('SEC-51 and SEC-52: no page elsewhere signs a browser in, and logout takes a POST', async () => {
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', `email=alice%40example.com&password=${encodeURIComponent(PASSWORD)}`],
      ['text/plain', JSON.stringify({ email: 'alice@example.com', password: PASSWORD })],
    ] as const) {
      const answer = await world.app.client.post(`${API}/auth/cookie/login`, body, {
        headers: { 'content-type': type },
      });
      expect([answer.status, cookiesOf(answer)]).toEqual([415, []]);
    }
    const foreign = await signIn({ origin: 'https://evil.example' });
    expect([foreign.status, cookiesOf(foreign)]).toEqual([403, []]);
    const jar = jarOf(await signIn());
    expect([404, 405]).toContain((await browser(jar).get(`${API}/auth/cookie/logout`)).status);
    expect([404, 405]).toContain((await browser(jar).get(`${API}/auth/logout`)).status);
  });

  test('SEC-43: a sign-in makes a new session, and ends the one that the browser had', async () => {
    const first = jarOf(await signIn());
    const again = await signIn({ cookie: first.cookie });
    expect(again.status).toBe(200);
    expect(jarOf(again).csrf).not.toBe(first.csrf);
    expect((await browser(first).get(`${API}/auth/me`)).status).toBe(401);
    expect((await browser(jarOf(again)).get(`${API}/auth/me`)).status).toBe(200);
  });

  test('SEC-84: who has two factors takes both steps, and is signed in by neither of them alone', async () => {
    const bob = { email: 'bob@example.com', password: PASSWORD };
    const held = world.bearer(await world.hold('bob'));
    const { secret } = (await held.post(`${API}/auth/2fa/totp`)).json<{ secret: string }>();
    const confirmed = await held.post(`${API}/auth/2fa/totp/confirm`, {
      code: totpCode(secret, world.app.clock.now()),
    });
    const [code = ''] = confirmed.json<{ recoveryCodes: string[] }>().recoveryCodes;
    const former = jarOf(await signIn());
    const login = (headers: Record<string, string> = {}) =>
      world.app.client.post(`${API}/auth/cookie/login`, bob, { headers });
    const first = await login({ cookie: former.cookie });
    expect([first.status, first.json().code, cookiesOf(first)]).toEqual([401, 'mfa_required', []]);
    const { mfaToken } = first.json<{ detail: { mfaToken: string } }>().detail;
    const verify = (shown: string, headers: Record<string, string> = {}) =>
      world.app.client.post(`${API}/auth/cookie/2fa/verify`, { mfaToken, code: shown }, { headers });
    const wrong = [await verify('000000'), await verify(code, { origin: 'https://evil.example' })];
    expect(wrong.map((answer) => [answer.status, cookiesOf(answer)])).toEqual([
      [401, []],
      [403, []],
    ]);
    const second = await verify(code, { cookie: former.cookie });
    expect([second.status, second.json()]).toEqual([200, { csrf_token: expect.any(String), expires_in: 1800 }]);
    expect((await browser(jarOf(second)).get(`${API}/auth/me`)).json()).toMatchObject({ email: bob.email });
    // Whoever the browser was signed in as is not any more.
    expect((await browser(former).get(`${API}/auth/me`)).status).toBe(401);
  });

  test('SEC-49: a new password gives the browser new cookies, and no body a token', async () => {
    const jar = jarOf(await signIn());
    const passwords = { currentPassword: PASSWORD, newPassword: 'a fine new horse' };
    const changed = await browser(jar).post(`${API}/auth/password`, passwords);
    expect([changed.status, changed.json()]).toEqual([
      200,
      { message: 'Password changed successfully', csrf_token: expect.any(String), expires_in: 1800 },
    ]);
    const next = jarOf(changed);
    expect((await browser(jar).get(`${API}/auth/me`)).status).toBe(401);
    const back = { currentPassword: 'a fine new horse', newPassword: PASSWORD };
    expect((await browser(next).post(`${API}/auth/password`, back)).status).toBe(200);
  });

  test('SEC-78: a browser shows the password again, and may do what asks for a recent sign-in', async () => {
    world.app.clock.set('2026-07-01T12:00:00Z');
    const jar = jarOf(await signIn());
    world.app.clock.advance({ minutes: 16 });
    const key = () => browser(jar).post(`${API}/auth/api-keys`, { name: 'importer' });
    expect([(await key()).status, (await key()).json().code]).toEqual([403, 'reauthentication_required']);
    const again = browser(jar).post(`${API}/auth/reauthenticate`, { currentPassword: PASSWORD });
    expect([(await again).status, (await key()).status]).toEqual([204, 201]);
    world.app.clock.reset();
  });

  test('the endpoints for everybody take cookies away, too, when a session or an account ends', async () => {
    const gone = await browser(jarOf(await signIn())).post(`${API}/auth/logout`);
    const cleared = [expect.stringMatching(/^__Host-auth=; .*Max-Age=0;/), expect.stringContaining('Max-Age=0;')];
    expect([gone.status, cookiesOf(gone)]).toEqual([204, cleared]);
    await world.app.work(() => Account.objects.createUser({ email: 'short@example.com', password: PASSWORD }));
    const form = { email: 'short@example.com', password: PASSWORD };
    const jar = jarOf(await world.app.client.post(`${API}/auth/cookie/login`, form));
    const deleted = await browser(jar).delete(`${API}/users/me`, { body: { currentPassword: PASSWORD } });
    expect([deleted.status, cookiesOf(deleted)]).toEqual([204, cleared]);
  });

  test('the code of a sign-in elsewhere is exchanged for cookies, once', async () => {
    const exchange = (code: string) => world.app.client.post(`${API}/auth/cookie/oauth/token`, { code });
    const code = await world.app.work(async () => {
      const alice = await Account.objects.get({ email: 'alice@example.com' });
      return world.app.nest.get(OneTimeTokens).issue(alice, 'oauth_sign_in', 1);
    });
    const answers = [await exchange(code), await exchange(code), await exchange('x')];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400]);
    expect((await browser(jarOf(answers[0]!)).get(`${API}/auth/me`)).json()).toMatchObject({
      email: 'alice@example.com',
    });
  });

  test('the document says of each operation which ways in count for it', async () => {
    const { paths } = (await world.app.client.get('/openapi.json')).json<{
      paths: Record<string, Record<string, { security: Record<string, unknown>[] }>>;
    }>();
    const ways = (path: string, verb: string) => paths[`${API}/${path}`]?.[verb]?.security.flatMap(Object.keys);
    expect(ways('auth/cookie/csrf', 'get')).toEqual(['cookie']);
    expect(ways('auth/cookie/refresh', 'post')?.toSorted()).toEqual(['api_key', 'default', 'jwt']);
    expect(ways('auth/me', 'get')?.toSorted()).toEqual(['api_key', 'cookie', 'default', 'jwt']);
  });

  test('a cookie that is too old is none, and one that is there twice is refused', async () => {
    const jar = jarOf(await signIn());
    expect((await world.app.client.with({ cookie: '__Host-auth=x.y.z' }).post(`${API}/auth/verify`, {})).status).toBe(
      400,
    );
    const twice = world.app.client.with({ cookie: `${jar.cookie}; __Host-auth=x.y.z` });
    expect((await twice.get(`${API}/auth/me`)).status).toBe(400);
    expect(
      (await world.app.client.with({ cookie: jar.cookie.replaceAll('__Host-', '') }).get(`${API}/auth/me`)).status,
    ).toBe(401);
  });
});
