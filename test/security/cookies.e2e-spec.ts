import type { TestResponse } from '@core-framework/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AccountsApp, API, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

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
