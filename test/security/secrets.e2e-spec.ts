import { AppModule } from '@core-framework-apps/api';
import { User } from '@core-framework-apps/blog';
import { FakeMailer } from '@core-framework/testing/auth';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { databaseKinds, type ScratchDatabase, scratchDatabase } from '../support/databases.js';
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

/** All rows of all tables. */
async function dump(url: string): Promise<string> {
  await using app = await createWatchedApp(AppModule, {
    database: false,
    env: { DATABASE_URL: url, SEED_WHEN_EMPTY: 'false', SECRET_KEY },
  });
  return await app.work(async () => {
    const em = User.objects.entityManager();
    const tables = new Set([...em.getMetadata().getAll().values()].flatMap(({ tableName }) => tableName ?? []));
    expect(tables.size).toBeGreaterThan(10);
    const rows = [];
    for (const table of tables) rows.push(table, await em.getConnection().execute(`select * from ${table}`));
    return JSON.stringify(rows);
  });
}

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
    const secrets = [PASSWORD, SECRET_KEY];
    const send = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${base}/${path}`, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Record<string, string> };
    };
    const hold = ({ body }: { body: Record<string, string> }): Record<string, string> => {
      for (const name of ['access_token', 'refresh_token', 'key', 'secret']) if (body[name]) secrets.push(body[name]);
      return { authorization: `Bearer ${body.access_token}` };
    };
    const form = { email: 'eve@example.com', name: 'Eve', password: PASSWORD, passwordConfirm: PASSWORD };
    expect((await send('POST', 'auth/register', form)).status).toBe(201);
    const [wrong, next] = ['Wrong horse 18', 'Another horse 19'];
    secrets.push(wrong, next);
    await send('POST', 'auth/register', { ...form, email: 'x', password: wrong });
    expect((await send('POST', 'auth/login', { email: form.email, password: wrong })).status).toBe(401);
    const first = await send('POST', 'auth/login', { email: form.email, password: PASSWORD });
    const eve = hold(first);
    hold(await send('POST', 'auth/refresh', { refresh_token: first.body.refresh_token }));
    await send('POST', 'auth/refresh', { refresh_token: 'x.y.z' });
    const made = await send('POST', 'auth/api-keys', { name: 'importer' }, eve);
    hold(made);
    expect((await send('GET', 'posts/mine', undefined, { 'x-api-key': made.body.key ?? '' })).status).toBe(200);
    await send('GET', `posts?access_token=${first.body.access_token}`, undefined, eve);
    hold(await send('POST', 'auth/2fa/totp', {}, eve));
    await send('POST', 'auth/forgot-password', { email: form.email });
    const changed = await send('POST', 'auth/password', { currentPassword: PASSWORD, newPassword: next }, eve);
    expect(changed.status).toBe(200);
    hold(changed);
    expect(secrets.length).toBeGreaterThan(10);
    api.kill('SIGTERM');
    await api.exit;
    const places = { log: api.output, tables: await dump(database.url) };
    expect(places.log).toContain('select');
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) expect([place, secret, text.includes(secret)]).toEqual([place, secret, false]);
    }
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
