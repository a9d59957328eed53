import { AppModule } from '@core-framework-apps/api';
import { User } from '@core-framework-apps/blog';
import { FakeMailer } from '@core-framework/testing/auth';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API } from '../support/accounts-app.js';
import { createWatchedApp } from '../support/accounts-watch.js';
import { databaseKinds, type ScratchDatabase, scratchDatabase } from '../support/databases.js';
import { ProcessWatch } from '../support/process-watch.js';
import { SourceProcess } from '../support/source-process.js';

const PASSWORD = 'Correct horse 17';
const SECRET_KEY = 'k3Y-of-the-suite-with-enough-0f-everything-in-it';

let api: SourceProcess | undefined;
let database: ScratchDatabase | undefined;
afterEach(async () => {
  await api?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  api = database = undefined;
});

describe.each(await databaseKinds())('what is left of secrets on %s', (kind) => {
  test('SEC-46 and SEC-87: no table and no line of the log holds one', async () => {
    database = await scratchDatabase(kind);
    api = new SourceProcess('apps/api/src/main.ts', {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'DEBUG',
      DB_ECHO: 'true',
      SEED_WHEN_EMPTY: 'false',
      SECRET_KEY,
    });
    const base = `${await api.url()}/api/v1`;
    const watch = new ProcessWatch();
    for (const secret of [PASSWORD, SECRET_KEY]) watch.add(secret);
    const send = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      const answer = await watch.fetch(`${base}/${path}`, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Record<string, string> };
    };
    const bearer = ({ body }: { body: Record<string, string> }) => ({ authorization: `Bearer ${body.access_token}` });
    const form = { email: 'eve@example.com', name: 'Eve', password: PASSWORD, passwordConfirm: PASSWORD };
    expect((await send('POST', 'auth/register', form)).status).toBe(201);
    const [wrong, next] = ['Wrong horse 18', 'Another horse 19'];
    await send('POST', 'auth/register', { ...form, email: 'x', password: wrong });
    expect((await send('POST', 'auth/login', { email: form.email, password: wrong })).status).toBe(401);
    const first = await send('POST', 'auth/login', { email: form.email, password: PASSWORD });
    const eve = bearer(first);
    await send('POST', 'auth/refresh', { refresh_token: first.body.refresh_token });
    await send('POST', 'auth/refresh', { refresh_token: 'x.y.z' });
    const made = await send('POST', 'auth/api-keys', { name: 'importer' }, eve);
    expect((await send('GET', 'posts/mine', undefined, { 'x-api-key': made.body.key ?? '' })).status).toBe(200);
    await send('GET', `posts?access_token=${first.body.access_token}`, undefined, eve);
    expect((await send('POST', 'auth/2fa/totp', {}, eve)).status).toBe(201);
    await send('POST', 'auth/forgot-password', { email: form.email });
    const changed = await send('POST', 'auth/password', { currentPassword: PASSWORD, newPassword: next }, eve);
    expect(changed.status).toBe(200);
    api.kill('SIGTERM');
    await api.exit;
    expect(api.output).toContain('select');
    await watch.searchLeavings({ printed: { log: api.output }, databases: [database.url] });
  });

  test('SEC-57: links in mails lead where the settings say, not to the host of a request', async () => {
    const mails = new FakeMailer();
    database = await scratchDatabase(kind);
    await using app = await createWatchedApp(AppModule, {
      database: false,
      env: { DATABASE_URL: database.url, SEED_WHEN_EMPTY: 'false', AUTH_PUBLIC_URL: 'https://blog.example.com' },
      configure: mails.replaceSender,
    });
    await app.work(() => User.objects.createUser({ email: 'eve@example.com', name: 'Eve' }));
    const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    await app.client.post('/api/v1/auth/forgot-password', { email: 'eve@example.com' }, { headers: evil });
    const { text } = await mails.assertSent('eve@example.com');
    expect(text).toContain('https://blog.example.com/reset-password#token=');
    expect(text).not.toContain('evil');
  });

  test('SEC-57: nor do those that confirm an address, or the way back from another service', async () => {
    await using world = await AccountsApp.start(kind, {
      AUTH_PUBLIC_URL: 'https://app.example.com/',
      AUTH_REQUIRE_VERIFICATION: 'true',
      OAUTH_API_URL: 'https://api.example.com/api/v1',
      GITHUB_CLIENT_ID: 'x',
      GITHUB_CLIENT_SECRET: 'y',
    });
    const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' };
    const mailed = async (email: string) => {
      await world.mails.settled();
      return world.mails.lastTo(email)?.text ?? '';
    };
    const post = (path: string, body: object, client = world.app.client) =>
      client.post(`${API}/auth/${path}`, body, { headers: evil });
    await post('register', { email: 'fresh@example.com', password: PASSWORD });
    const links = [await mailed('fresh@example.com')];
    await post('verify-email/request', { email: 'fresh@example.com' });
    links.push(await mailed('fresh@example.com'));
    await post('register', { email: 'alice@example.com', password: PASSWORD });
    links.push(await mailed('alice@example.com'));
    await post('email', { email: 'new@example.com' }, world.bearer(await world.hold('alice')));
    links.push(await mailed('new@example.com'));
    for (const text of links) {
      expect(text).toMatch(/https:\/\/app\.example\.com\/(?:(?:verify|change)-email#token=)?/);
      expect(text).not.toContain('evil');
    }
    const departed = await world.app.client.get(`${API}/auth/oauth/github/authorize`, { headers: evil });
    const { searchParams } = new URL(departed.json<{ url: string }>().url);
    expect(searchParams.get('redirect_uri')).toBe('https://api.example.com/api/v1/auth/oauth/github/callback');
  });

  test('SEC-76: a link that confirms an address is good once, for a day, for its user and his address', async () => {
    await using world = await AccountsApp.start(kind);
    const register = (email: string) => world.app.client.post(`${API}/auth/register`, { email, password: PASSWORD });
    const ask = async (email: string) => {
      await world.app.client.post(`${API}/auth/verify-email/request`, { email });
      return world.mailedToken(email);
    };
    const verify = async (token: string) => (await world.app.client.post(`${API}/auth/verify-email`, { token })).status;
    const isVerified = (email: string) => world.app.work(async () => (await Account.objects.get({ email })).isVerified);
    world.app.clock.set('2026-07-01T12:00:00Z');
    for (const email of ['ann@example.com', 'ben@example.com']) await register(email);
    const older = await ask('ann@example.com');
    world.app.clock.advance({ hours: 23, minutes: 59 });
    const newer = await ask('ann@example.com');
    expect([await verify(older), await verify(`${newer}x`), await verify(newer.slice(1))]).toEqual([400, 400, 400]);
    world.app.clock.advance({ hours: 24, seconds: 1 });
    expect([await verify(newer), await isVerified('ann@example.com')]).toEqual([400, false]);
    const good = await ask('ann@example.com');
    world.app.clock.advance({ hours: 23, minutes: 59 });
    const statuses = await Promise.all(Array.from({ length: 20 }, () => verify(good)));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(19).fill(400)]);
    expect([await isVerified('ann@example.com'), await isVerified('ben@example.com')]).toEqual([true, false]);
    // Whoever has another address meanwhile did not show that it is his.
    const former = await ask('ben@example.com');
    await world.app.work(() =>
      Account.objects.filter({ email: 'ben@example.com' }).update({ email: 'benjamin@example.com' }),
    );
    expect([await verify(former), await isVerified('benjamin@example.com')]).toEqual([400, false]);
  });

  test('SEC-76: a mailed token is good once, for a time, for one purpose, and until a newer one is made', async () => {
    const mails = new FakeMailer();
    database = await scratchDatabase(kind);
    await using app = await createWatchedApp(AppModule, {
      database: false,
      env: { DATABASE_URL: database.url, SEED_WHEN_EMPTY: 'false', AUTH_THROTTLE_ENABLED: 'false' },
      configure: mails.replaceSender,
    });
    const email = 'eve@example.com';
    const eve = await app.work(() => User.objects.createUser({ email, name: 'Eve', password: PASSWORD }));
    const ask = async (path = 'forgot-password') => {
      mails.clear();
      await app.client.post(`/api/v1/auth/${path}`, { email });
      return mails.tokenTo(email);
    };
    const reset = async (token: string) =>
      (await app.client.post('/api/v1/auth/reset-password', { token, password: 'A fine new horse 1' })).status;
    const older = await ask();
    const newer = await ask();
    const verify = await ask('verify-email/request');
    expect([await reset(older), await reset(verify), await reset(`${newer}x`), await reset('')]).toEqual([
      400, 400, 400, 400,
    ]);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => reset(newer)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(await reset(newer)).toBe(400);
    app.clock.set('2026-07-01T12:00:00Z');
    const old = await ask();
    app.clock.advance({ minutes: 61 });
    expect(await reset(old)).toBe(400);
    const switchedOff = await ask();
    await app.work(() => User.objects.filter({ id: eve.id }).update({ isActive: false }));
    expect(await reset(switchedOff)).toBe(400);
    await app.work(() => User.objects.filter({ id: eve.id }).update({ isActive: true, email: 'eva@example.com' }));
    expect(await reset(switchedOff)).toBe(400);
  });
});
