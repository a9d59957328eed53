import { createHash, createHmac } from 'node:crypto';
import {
  AuthEvent,
  AuthModule,
  DerivedKeys,
  Hash,
  type InMemoryMailSender,
  MailSender,
  PasswordHasher,
  PermissionService,
} from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { type TestApp, type TestResponse } from '@core-framework/testing';
import { ViewSetModule } from '@core-framework/viewset';
import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { Account, AccountsApp, AccountsModule, API, type Held, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds, scratchDatabase, SERVERS } from '../support/databases.js';
import { totpCode } from '../support/totp-codes.js';

const encode = (part: object | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const KEYS = ['former', 'today'].map((name) => `${name}-k3Y-of-the-suite-with-enough-0f-everything`);

const digestOf = (password: string) => createHash('sha256').update(password).digest('hex');

/** Checks passwords when it is told to. */
@Injectable()
class GatedHasher extends PasswordHasher {
  static gate = Promise.withResolvers<void>();
  static checks = 0;
  readonly name = 'gated';

  hash(password: string): string {
    return digestOf(password);
  }

  async verify(password: string, hashed: string): Promise<boolean> {
    GatedHasher.checks += 1;
    await GatedHasher.gate.promise;
    return hashed === digestOf(password);
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: Account, hashers: [GatedHasher], hashingConcurrency: 1, hashingQueue: 2 }),
  ],
})
class GatedApp {}

describe.each(await databaseKinds())('tokens and sessions on %s', (kind) => {
  let world: AccountsApp;
  beforeAll(async () => void (world = await AccountsApp.start(kind)));
  afterAll(() => world?.[Symbol.asyncDispose]());

  /** The claims and the header of a token, changed and signed with the real key. */
  function forge({ access_token: token }: Held, claims: object | ((text: string) => string), header: object = {}) {
    const [head = '', body = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    const payload = typeof claims === 'function' ? claims(body) : { ...(JSON.parse(body) as object), ...claims };
    const text = `${encode({ ...(JSON.parse(head) as object), ...header })}.${encode(payload)}`;
    const key = world.app.nest.get(DerivedKeys).current('token:access');
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  }
  const statusOf = async (token: string) => (await world.me({ access_token: token })).status;

  test('SEC-02: a bad sign-in asks for the same work, whatever is wrong with it', async () => {
    const hash = world.app.nest.get(Hash);
    const work = async (name: string, password?: string) => {
      const hashed: string[] = [];
      const [check, make] = [hash.check.bind(hash), hash.make.bind(hash)];
      Object.assign(hash, {
        check: async (...args: Parameters<typeof check>) => (hashed.push('once'), check(...args)),
        make: async (...args: Parameters<typeof make>) => (hashed.push('once'), make(...args)),
      });
      try {
        const { result, statements } = await world.app.recordQueries(() => world.login(name, password));
        return { status: result.status, hashed, statements };
      } finally {
        Object.assign(hash, { check, make });
      }
    };
    const unknown = await work('nobody');
    expect([unknown.status, unknown.hashed, unknown.statements.length]).toEqual([401, ['once'], 3]);
    for (const one of [await work('alice', 'wrong horse battery'), await work('ivy'), await work('nopass')]) {
      expect(one).toEqual(unknown);
    }
  });

  test('SEC-30: a token without a signature, by whatever name, is none', async () => {
    const held = await world.hold('alice');
    expect(await statusOf(forge(held, {}))).toBe(200);
    const [, body = ''] = held.access_token.split('.');
    for (const alg of ['none', 'None', 'nOnE', '', 'HS256']) {
      const head = encode({ alg, typ: 'at+jwt' });
      for (const token of [`${head}.${body}.`, `${head}.${body}`])
        expect([alg, await statusOf(token)]).toEqual([alg, 401]);
    }
    for (const alg of ['HS384', 'HS512', 'RS256']) expect(await statusOf(forge(held, {}, { alg }))).toBe(401);
  });

  test('SEC-32: a token that asks for what nobody understands is none', async () => {
    const held = await world.hold('alice');
    expect(await statusOf(forge(held, {}, { crit: ['x'], x: 1 }))).toBe(401);
  });

  test('SEC-33: a token is good in its time alone, and says it in numbers', async () => {
    const held = await world.hold('alice');
    const now = Math.floor(world.app.clock.now().getTime() / 1000);
    const bad = [
      { exp: undefined },
      { exp: now - 6 },
      { exp: String(now + 60) },
      { exp: -1 },
      { iat: now + 60 },
      { iat: undefined },
      { nbf: now + 60 },
      (text: string) => text.replace(/"exp":\d+/, '"exp":1e400'),
    ];
    for (const claims of bad) expect([claims, await statusOf(forge(held, claims))]).toEqual([claims, 401]);
  });

  test('SEC-40: a refresh token is good once; where it comes back its whole family ends', async () => {
    world.app.clock.set('2026-05-01T12:00:00Z');
    const first = await world.hold('bob');
    const second = (await world.refresh(first)).json<Held>();
    // Whoever repeats a request at once gets the same again.
    expect((await world.refresh(first)).json()).toMatchObject({ refresh_token: second.refresh_token });
    world.app.clock.advance({ seconds: 11 });
    expect((await world.refresh(first)).status).toBe(401);
    expect([(await world.refresh(second)).status, (await world.me(second)).status]).toEqual([401, 401]);
    const recorded = await world.app.work(() => AuthEvent.objects.filter({ name: 'authn_token_reuse' }).count());
    expect(recorded).toBe(1);
    world.app.clock.reset();
  });

  test('SEC-40: of thirty refreshes at once all get one successor', async () => {
    world.app.clock.set('2026-05-01T12:00:00Z');
    const held = await world.hold('bob');
    const answers = await Promise.all(Array.from({ length: 30 }, () => world.refresh(held)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.json<Held>().refresh_token)).size).toBe(1);
    world.app.clock.reset();
  });

  test('SEC-40: without a grace one of thirty refreshes at once wins, and the family ends', async () => {
    await using strict = await AccountsApp.start(kind, { AUTH_REFRESH_GRACE_SECONDS: '0' });
    const held = await strict.hold('bob');
    const answers = await Promise.all(Array.from({ length: 30 }, () => strict.refresh(held)));
    const won = answers.filter(({ status }) => status === 200);
    expect([won.length, answers.filter(({ status }) => status === 401).length]).toEqual([1, 29]);
    const next = won[0]!.json<Held>();
    expect([(await strict.refresh(next)).status, (await strict.me(next)).status]).toEqual([401, 401]);
    expect((await strict.me(held)).status).toBe(401);
    const recorded = await strict.app.work(() => AuthEvent.objects.filter({ name: 'authn_token_reuse' }).count());
    expect(recorded).toBeGreaterThan(0);
  });

  test('SEC-42: refreshing does not carry a session beyond its last day', async () => {
    world.app.clock.set('2026-05-01T12:00:00Z');
    let held = await world.hold('bob');
    for (let day = 0; day < 30; day += 6) {
      const answer: TestResponse = await world.refresh(held);
      expect([day, answer.status]).toEqual([day, 200]);
      held = answer.json<Held>();
      world.app.clock.advance({ days: 6 });
    }
    expect([(await world.refresh(held)).status, (await world.me(held)).status]).toEqual([401, 401]);
    world.app.clock.reset();
  });

  test('SEC-47: tokens of a former key are good until it goes, and new ones have the new key', async () => {
    await using database = await scratchDatabase(kind);
    const [former = '', today = ''] = KEYS;
    const start = (SECRET_KEY: string, SECRET_KEY_FALLBACKS = '') =>
      createWatchedApp(AccountsModule, {
        database: false,
        env: { DATABASE_URL: database.url, SECRET_KEY, SECRET_KEY_FALLBACKS, AUTH_PASSWORD_HASHER: 'scrypt' },
      });
    const carla = { email: 'carla@example.com', password: PASSWORD };
    const refresh = ({ client }: TestApp, { refresh_token }: Held) =>
      client.post(`${API}/auth/refresh`, { refresh_token });
    const me = async ({ client }: TestApp, { access_token: token }: Held) =>
      (await client.with({ authorization: `Bearer ${token}` }).get(`${API}/auth/me`)).status;
    let app = await start(former);
    await app.work(() => Account.objects.createUser(carla));
    const old = (await app.client.post(`${API}/auth/login`, carla)).json<Held>();
    await app.close();
    app = await start(today, former);
    const next = (await refresh(app, old)).json<Held>();
    expect([await me(app, old), await me(app, next)]).toEqual([200, 200]);
    await app.close();
    app = await start(today);
    expect([await me(app, old), await me(app, next), (await refresh(app, old)).status]).toEqual([401, 200, 401]);
    await app.close();
  });

  test('SEC-10: passwords that wait to be checked are few, and nothing else waits for them', async () => {
    await using app = await createWatchedApp(GatedApp, {
      database: SERVERS[kind],
      env: { AUTH_PASSWORD_HASHER: 'gated', AUTH_ACCOUNT_RATE: '4/5m', AUTH_CLIENT_RATE: '25/m' },
    });
    await app.work(async () => {
      for (let n = 0; n < 20; n++) await Account.objects.createUser({ email: `u${n}@example.com`, password: PASSWORD });
    });
    GatedHasher.gate = Promise.withResolvers();
    GatedHasher.checks = 0;
    const login = (n: number) =>
      app.client.post(`${API}/auth/login`, { email: `u${n}@example.com`, password: PASSWORD });
    const statuses: number[] = [];
    const logins = Array.from({ length: 20 }, (_, n) => login(n).then(({ status }) => statuses.push(status)));
    while (statuses.length < 17) await new Promise((resolve) => setImmediate(resolve));
    expect([new Set(statuses), GatedHasher.checks]).toEqual([new Set([503]), 1]);
    expect((await app.client.get('/health/live')).status).toBe(200);
    // What is limited is refused before a hash is looked at.
    for (let n = 0; n < 5; n++) await login(1);
    const limited = await login(1);
    expect([limited.status, limited.headers['retry-after'], GatedHasher.checks]).toEqual([429, expect.anything(), 1]);
    GatedHasher.gate.resolve();
    await Promise.all(logins);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  });
});

// SQLite has no copies.
const servers = (await databaseKinds()).filter((kind) => kind === 'postgresql');
test.each(servers)('accounts are as the primary of %s knows them, however late its copies are', async (kind) => {
  await using primary = await scratchDatabase(kind);
  await using copy = await scratchDatabase(kind);
  // A copy that has the tables, and never hears of a row.
  const filled = await createWatchedApp(AccountsModule, { database: false, env: { DATABASE_URL: copy.url } });
  await filled.work(() => Account.objects.createUser({ email: 'zoe@example.com', password: PASSWORD }));
  await filled.close();
  await using app = await createWatchedApp(AccountsModule, {
    database: false,
    env: { DATABASE_URL: primary.url, DB_REPLICA_URLS: copy.url, AUTH_PASSWORD_HASHER: 'scrypt' },
  });
  const zoe = { email: 'zoe@example.com', password: 'another fine horse' };
  const login = (password = zoe.password) => app.client.post(`${API}/auth/login`, { email: zoe.email, password });
  expect((await app.client.post(`${API}/auth/register`, zoe)).status).toBe(201);
  expect([(await login(PASSWORD)).status, (await login()).status]).toEqual([401, 200]);
  const { access_token: token } = (await login()).json<Held>();
  const client = app.client.with({ authorization: `Bearer ${token}` });
  expect((await client.get(`${API}/letters/statistics`)).status).toBe(403);
  await app.work(async () => {
    const user = await Account.objects.where({ email: zoe.email }).using('primary').get();
    await user.addPermission('letters.create');
    expect(await app.nest.get(PermissionService).checkPermission(user.id, 'letters', 'create')).toBe(true);
  });
  expect((await client.post(`${API}/letters`, { title: 'One' })).status).toBe(201);
  const mails = app.nest.get<InMemoryMailSender>(MailSender);
  await app.client.post(`${API}/auth/forgot-password`, { email: zoe.email });
  await mails.settled();
  const link = /#token=(\S+)/.exec(mails.lastTo(zoe.email)?.text ?? '')?.[1];
  const reset = { token: link, password: 'a third fine horse' };
  expect((await app.client.post(`${API}/auth/reset-password`, reset)).status).toBe(200);
  const { isVerified, permissions } = await app.work(async () => app.nest.get(PermissionService).grantsOf(1));
  expect([isVerified, [...permissions]]).toEqual([true, ['letters.create']]);
  const held = (await login(reset.password)).json<Held>();
  const again = app.client.with({ authorization: `Bearer ${held.access_token}` });
  const { secret } = (await again.post(`${API}/auth/2fa/totp`)).json<{ secret: string }>();
  const code = totpCode(secret, app.clock.now());
  expect((await again.post(`${API}/auth/2fa/totp/confirm`, { code })).status).toBe(200);
  // What was switched on a moment ago is asked for.
  const first = await login(reset.password);
  expect([first.status, first.json()]).toMatchObject([401, { code: 'mfa_required' }]);
  app.clock.set(new Date(Date.now() + 60_000).toISOString());
  const { mfaToken } = first.json<{ detail: { mfaToken: string } }>().detail;
  const second = { mfaToken, code: totpCode(secret, app.clock.now()) };
  expect((await app.client.post(`${API}/auth/2fa/verify`, second)).status).toBe(200);
  expect((await again.get(`${API}/auth/2fa`)).json()).toMatchObject({ isEnabled: true, recoveryCodesLeft: 10 });
});
