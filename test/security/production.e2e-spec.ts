import { Hash } from '@core-framework/auth';
import { createTestApp, type TestApp, type TestResponse } from '@core-framework/testing';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { Account, accountsImports, AccountsModule, API, type Held, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds, type ScratchDatabase, scratchDatabase } from '../support/databases.js';

const PAGE = 'https://app.example.com';
const FORM = { email: 'alice@example.com', password: PASSWORD };
const PRODUCTION = {
  ENVIRONMENT: 'production',
  SECRET_KEY: 'k3Y-of-the-suite-with-enough-0f-everything-in-it',
  BACKEND_CORS_ORIGINS: PAGE,
  AUTH_THROTTLE_ENABLED: 'false',
  AUTH_PASSWORD_HASHER: 'argon2',
};
const INSIDES = /select|insert|\.ts\b|srv|node_modules|fastify|nest|mikro|sqlite|postgres|at \w+ \(/i;

@Controller('broken')
class BrokenController {
  @Get()
  fail(): never {
    throw new Error('select secret from /srv/app/secrets.ts');
  }

  @Post()
  take(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ imports: accountsImports(), controllers: [BrokenController] })
class ProductionModule {}

describe.each(await databaseKinds())('in production on %s', (kind) => {
  let database: ScratchDatabase;
  let app: TestApp;
  let alice: TestApp['client'];

  beforeAll(async () => {
    database = await scratchDatabase(kind);
    const env = { ...PRODUCTION, DATABASE_URL: database.url };
    {
      await using maker = await createTestApp(AccountsModule, {
        database: false,
        env: { ...env, ENVIRONMENT: 'testing' },
      });
      maker.nest.get(Hash).configure('argon2', { memoryCost: 64, timeCost: 1 });
      await maker.work(() => Account.objects.createUser({ ...FORM, isVerified: true }));
    }
    app = await createWatchedApp(ProductionModule, { database: false, env });
    const held = (await app.client.post(`${API}/auth/login`, FORM)).json<Held>();
    alice = app.client.with({ authorization: `Bearer ${held.access_token}` });
  });
  afterAll(async () => {
    await app?.close();
    await database?.[Symbol.asyncDispose]();
  });

  const answers = async (): Promise<Record<number, TestResponse>> => ({
    200: await alice.get(`${API}/letters`),
    400: await app.client.post(`${API}/auth/login`, '{', { headers: { 'content-type': 'application/json' } }),
    401: await app.client.get(`${API}/letters`),
    403: await alice.get(`${API}/letters/statistics`),
    404: await app.client.get('/nowhere'),
    405: await alice.put(`${API}/letters`, {}),
    415: await alice.patch(`${API}/auth/me`, 'x', { headers: { 'content-type': 'text/plain' } }),
    500: await app.client.get(`${API}/broken`),
  });

  test('SEC-49: cookies have all that keeps them from others, and no body has a token', async () => {
    const answer = await app.client.post(`${API}/auth/cookie/login`, FORM, { headers: { origin: PAGE } });
    expect([answer.status, answer.json()]).toEqual([200, { csrf_token: expect.any(String), expires_in: 1800 }]);
    expect([answer.headers['set-cookie']].flat()).toEqual([
      expect.stringMatching(/^__Host-auth=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/),
      expect.stringMatching(
        /^__Secure-auth-refresh=[\w.-]+; Path=\/api\/v1\/auth\/cookie; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
  });

  test('SEC-51: what any page can send reaches no handler, one of Nest’s own neither', async () => {
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', 'title=x'],
      ['text/plain', '{"title":"x"}'],
      ['multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n'],
    ] as const) {
      const headers = { 'content-type': type };
      expect([type, (await app.client.post(`${API}/broken`, body, { headers })).status]).toEqual([type, 415]);
    }
    expect((await app.client.post(`${API}/broken`, { title: 'x' })).json()).toEqual({ title: 'x' });
  });

  test('SEC-54: CORS lets the origins in that are named, and tells caches that it looks at them', async () => {
    const foreign = ['https://evil.example', 'null', `${PAGE}.evil.example`, 'http://app.example.com', `${PAGE}:444`];
    for (const origin of [PAGE, ...foreign]) {
      const client = alice.with({ origin, 'access-control-request-headers': 'authorization' });
      const preflight = await client.request('OPTIONS', `${API}/letters`, {
        headers: { 'access-control-request-method': 'DELETE' },
      });
      for (const { headers } of [preflight, await client.get(`${API}/letters`), await client.get('/nowhere')]) {
        const isLetIn = origin === PAGE;
        expect([origin, headers['access-control-allow-origin']]).toEqual([origin, isLetIn ? PAGE : undefined]);
        if (isLetIn) expect(headers['access-control-allow-credentials']).toBe('true');
        expect([origin, String(headers.vary).toLowerCase().split(/, */)]).toEqual([
          origin,
          expect.arrayContaining(['origin']),
        ]);
      }
    }
    expect((await alice.get(`${API}/letters`)).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('SEC-55: every answer, of whatever status, has the headers that keep browsers from harm', async () => {
    for (const [status, answer] of Object.entries(await answers())) {
      const { headers } = answer;
      expect([status, answer.status]).toEqual([status, Number(status)]);
      expect([status, headers]).toEqual([
        status,
        expect.objectContaining({
          'x-content-type-options': 'nosniff',
          'strict-transport-security': expect.stringMatching(/max-age=\d{7,}/),
          'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
          'referrer-policy': 'no-referrer',
          'cross-origin-resource-policy': expect.stringMatching(/^same-(?:origin|site)$/),
        }),
      ]);
      for (const telling of ['x-powered-by', 'server', 'via'])
        expect([status, headers[telling]]).toEqual([status, undefined]);
    }
  });

  test('SEC-86: no answer tells what is inside, and each can be found in the log by its id', async () => {
    for (const [status, answer] of Object.entries(await answers())) {
      if (answer.status < 400) continue;
      const { detail, code, requestId, ...more } = answer.json<Record<string, unknown>>();
      expect([status, code, requestId, Object.keys(more)]).toEqual([
        status,
        expect.any(String),
        expect.any(String),
        [],
      ]);
      expect([status, INSIDES.exec(JSON.stringify(detail))?.[0]]).toEqual([status, undefined]);
      expect(answer.headers['x-request-id']).toBe(requestId);
    }
    for (const password of ['zq!9', 'password123', 'alice2@example.com']) {
      const refused = await app.client.post(`${API}/auth/register`, { email: 'alice2@example.com', password });
      expect([refused.status, refused.text.includes(password)]).toEqual([400, false]);
    }
  });

  test('SEC-92: health tells nobody versions, hosts or errors, and documentation and metrics are closed', async () => {
    for (const path of ['/health', '/health/live', '/health/ready', '/health/info', '/health/db', '/health/database']) {
      for (const base of ['', API]) {
        const { text } = await app.client.get(base + path);
        expect([path, /version|node|host|sqlite|postgres|127\.|\d+\.\d+\.\d+|production|pid/i.exec(text)]).toEqual([
          path,
          null,
        ]);
      }
    }
    for (const path of ['/docs', '/redoc', '/openapi.json', '/asyncapi.json', '/metrics', '/docs/assets/docs.js']) {
      for (const base of ['', API]) expect([path, (await app.client.get(base + path)).status]).toEqual([path, 404]);
    }
  });
});
