import {
  AbstractUser,
  ApiKey,
  ApiKeys,
  AuthEvent,
  AuthModule,
  PermissionService,
  PermissionsMixin,
  RequirePermission,
  RequireRole,
  Sessions,
  type UserManager,
} from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import type { TestApp } from '@core-framework/testing';
import { ApiView, HasPermission, IsAuthenticated, IsSuperUser, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { databaseKinds, SERVERS } from '../support/databases.js';
import { createWatchedApp } from '../support/accounts-watch.js';

@Model({ tableName: 'key_users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@ViewSet({ path: 'open', permissions: [IsAuthenticated] })
class OpenView extends ApiView {
  get() {
    return { ok: true };
  }
}

@ViewSet({ path: 'reports', permissions: [HasPermission('reports.read'), RequirePermission('reports', 'read')] })
class ReportsView extends OpenView {}

@ViewSet({ path: 'edit', permissions: [RequirePermission('reports', 'update')] })
class EditView extends OpenView {}

@ViewSet({ path: 'role', permissions: [RequireRole('analyst')] })
class RoleView extends OpenView {}

@ViewSet({ path: 'super', permissions: [IsSuperUser] })
class SuperView extends OpenView {}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User, apiKeyPrefix: 'acme' }),
    ViewSetModule.forFeature([OpenView, ReportsView, EditView, RoleView, SuperView]),
  ],
})
class AppModule {}

const KEYS = '/api/v1/auth/api-keys';
const client = { ip: '127.0.0.1', userAgent: null, requestId: null };

describe.each((await databaseKinds()).map((kind) => [kind]))('API keys on %s', (kind) => {
  let app: TestApp;
  let alice: User;
  let bob: User;

  beforeAll(async () => {
    app = await createWatchedApp(AppModule, { database: SERVERS[kind], env: { AUTH_THROTTLE_ENABLED: 'false' } });
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    app.clock.reset();
    await app.work(async () => {
      await User.objects.delete();
      await AuthEvent.objects.delete();
      alice = await User.objects.create({ email: 'alice@example.com' });
      bob = await User.objects.create({ email: 'bob@example.com', isSuperuser: true });
    });
  });

  const signedIn = async (user: User) => {
    const { accessToken } = await app.work(() => app.nest.get(Sessions).start(user, { client }));
    return app.client.with({ authorization: `Bearer ${accessToken}` });
  };
  const make = async (user: User, input: object = {}) => {
    const answer = await (await signedIn(user)).post(KEYS, { name: 'CI', ...input });
    expect(answer.status).toBe(201);
    return answer.json<{ id: string; key: string }>();
  };
  const by = (key: string) => app.client.with({ 'x-api-key': key });
  const statusOf = async (key: string, path = 'open') => (await by(key).get(`/api/v1/${path}`)).status;

  test('SEC-82: a key is shown once, under the prefix of the application, and only its hash is kept', async () => {
    const user = await signedIn(alice);
    const made = await user.post(KEYS, { name: 'CI', scopes: ['reports.read'] });
    const { key, ...shown } = made.json<{ id: string; key: string }>();
    expect(key).toMatch(/^acme_[0-9a-f]{32}_[\w-]{43}$/);
    expect(made.headers['cache-control']).toBe('no-store');
    expect(shown).toMatchObject({ name: 'CI', prefix: 'acme', scopes: ['reports.read'], expiresAt: null });
    const listed = await user.get(KEYS);
    expect(listed.json<unknown[]>()).toEqual([shown]);
    expect(listed.text).not.toContain('hash');
    const secret = key.slice(-43);
    const rows = await app.work(async () => [await ApiKey.objects.values(), await AuthEvent.objects.values()]);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(await statusOf(key)).toBe(200);
  });

  test('SEC-82: what is no key in force is 401: altered, of another row, expired, revoked, of an inactive owner', async () => {
    const { id, key } = await make(alice, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const other = await make(alice);
    const swapped = key.slice(0, 37) + other.key.slice(37);
    const altered = key.slice(0, -2) + (key.endsWith('AA') ? 'BB' : 'AA');
    const wrong = ['', ' ', 'acme', key.slice(0, -1), `${key}A`, altered, swapped, key.toUpperCase(), `${key}, ${key}`];
    for (const text of wrong) expect([text, await statusOf(text)]).toEqual([text, 401]);
    expect((await by(altered).get('/api/v1/open')).json()).toMatchObject({ code: 'invalid_api_key' });
    expect(await statusOf(key)).toBe(200);
    app.clock.advance({ hours: 2 });
    expect(await statusOf(key)).toBe(401);
    app.clock.reset();
    await app.work(() => User.objects.filter({ id: alice.id }).update({ isActive: false }));
    expect(await statusOf(other.key)).toBe(401);
    await app.work(() => User.objects.filter({ id: alice.id }).update({ isActive: true }));
    expect((await (await signedIn(alice)).delete(`${KEYS}/${id}`)).status).toBe(204);
    expect([await statusOf(key), await statusOf(other.key)]).toEqual([401, 200]);
  });

  test('SEC-82: a key does what its scopes name and its owner may, and is neither superuser nor in a group', async () => {
    await app.work(async () => {
      const permissions = app.nest.get(PermissionService);
      await permissions.addRoleToUser(bob.id, 'analyst');
    });
    const limited = await make(bob, { scopes: ['reports.read'] });
    const whole = await make(bob);
    const statuses = (key: string) =>
      Promise.all(['open', 'reports', 'edit', 'role', 'super'].map((path) => statusOf(key, path)));
    expect(await statuses(limited.key)).toEqual([200, 200, 403, 403, 403]);
    expect(await statuses(whole.key)).toEqual([200, 200, 200, 200, 200]);
    const ofAlice = await make(alice, { scopes: ['reports.read'] });
    expect(await statuses(ofAlice.key)).toEqual([200, 403, 403, 403, 403]);
  });

  test('SEC-82: a key manages neither keys nor the account of its owner, and is made for nobody else', async () => {
    const { id, key } = await make(alice);
    const answers = [
      await by(key).get(KEYS),
      await by(key).post(KEYS, { name: 'x' }),
      await by(key).delete(`${KEYS}/${id}`),
    ];
    for (const path of ['password', 'logout', 'sessions/revoke-others'])
      answers.push(await by(key).post(`/api/v1/auth/${path}`, {}));
    answers.push(await by(key).patch('/api/v1/auth/me', { firstName: 'x' }), await by(key).delete('/api/v1/auth/me'));
    expect(answers.map((answer) => [answer.status, answer.json<{ code: string }>().code])).toEqual(
      answers.map(() => [403, 'session_required']),
    );
    const user = await signedIn(alice);
    for (const extra of [
      { user_id: bob.id },
      { userId: bob.id },
      { user: bob.id },
      { hash: 'x' },
      { prefix: 'root' },
    ]) {
      expect([extra, (await user.post(KEYS, { name: 'x', ...extra })).status]).toEqual([extra, 400]);
    }
    expect(await app.work(() => ApiKey.objects.where({ user: bob.id }).count())).toBe(0);
    expect((await (await signedIn(bob)).delete(`${KEYS}/${id}`)).status).toBe(404);
    expect((await user.delete(`${KEYS}/1`)).status).toBe(404);
    expect((await app.client.get(KEYS)).status).toBe(401);
    expect(await statusOf(key)).toBe(200);
  });

  test.each([
    [{ name: '' }],
    [{ name: 'x'.repeat(101) }],
    [{ name: { $ne: null } }],
    [{ scopes: 'reports.read' }],
    [{ scopes: ['reports'] }],
    [{ scopes: ['a.b', 'a.b'] }],
    [{ scopes: [{ $ne: null }] }],
    [{ scopes: ['a.\0'] }],
    [{ expiresAt: 'soon' }],
  ])('SEC-59: a key of %j is refused with 400', async (input) => {
    const answer = await (await signedIn(alice)).post(KEYS, { name: 'CI', ...input });
    expect([answer.status, answer.text]).toEqual([400, answer.text]);
    expect(await app.work(() => ApiKey.objects.count())).toBe(0);
  });

  test('SEC-78: a new key asks for a recent sign-in', async () => {
    const user = await signedIn(alice);
    app.clock.advance({ minutes: 20 });
    expect((await user.post(KEYS, { name: 'x' })).json()).toMatchObject({ code: 'reauthentication_required' });
    expect((await user.get(KEYS)).status).toBe(200);
  });

  test('SEC-36: two kinds of credentials at once are 400', async () => {
    const { key } = await make(alice);
    const both = (await signedIn(alice)).with({ 'x-api-key': key });
    expect((await both.get('/api/v1/open')).status).toBe(400);
  });

  test('the last use is noted once a minute', async () => {
    const { id, key } = await make(alice);
    const lastUse = async () => (await app.work(() => ApiKey.objects.get({ id }))).lastUsedAt?.toISOString();
    app.clock.set('2030-01-01T00:00:00Z');
    await statusOf(key);
    app.clock.advance({ seconds: 59 });
    await statusOf(key);
    expect(await lastUse()).toBe('2030-01-01T00:00:00.000Z');
    app.clock.advance({ seconds: 1 });
    await statusOf(key);
    expect(await lastUse()).toBe('2030-01-01T00:01:00.000Z');
  });

  test('SEC-90: keys that are made and revoked are in the audit trail; one that has expired is not made, nor a 51st', async () => {
    const keys = app.nest.get(ApiKeys);
    const made = await app.work(() => keys.create(alice.id, { name: 'CI' }));
    await app.work(() => keys.revoke(alice.id, made.id));
    expect(await app.work(() => keys.revoke(alice.id, made.id))).toBe(false);
    expect(await app.work(() => AuthEvent.objects.orderBy('createdAt').pluck('name'))).toEqual([
      'authn_api_key_created',
      'authn_api_key_revoked',
    ]);
    await expect(app.work(() => keys.create(alice.id, { name: 'CI', expiresAt: new Date(0) }))).rejects.toMatchObject({
      client: { status: 400, errors: { expiresAt: [{ code: 'expires_in_the_past' }] } },
    });
    await app.work(async () => {
      for (let n = 0; n < 50; n++) await keys.create(alice.id, { name: `CI ${n}` });
      await expect(keys.create(alice.id, { name: 'CI' })).rejects.toMatchObject({
        client: { status: 409, code: 'too_many_api_keys' },
      });
    });
    const late = await (await signedIn(alice)).post(KEYS, { name: 'CI', expiresAt: '2020-01-01T00:00:00Z' });
    expect([late.status, late.json()]).toMatchObject([
      400,
      { code: 'invalid_input', errors: { expiresAt: [{ code: 'expires_in_the_past' }] } },
    ]);
  });
});

test.each(await databaseKinds())(
  'SEC-11: wrong keys are limited by client, and do not keep good ones out (%s)',
  async (kind) => {
    await using app = await createWatchedApp(AppModule, { database: SERVERS[kind] });
    const { id } = await app.work(() => User.objects.createUser({ email: 'ann@example.com' }));
    const { key } = await app.work(() => app.nest.get(ApiKeys).create(id, { name: 'CI' }));
    const statusOf = async (shown: string) =>
      (await app.client.with({ 'x-api-key': shown }).get('/api/v1/open')).status;
    const guesses: number[] = [];
    for (let n = 0; n < 6; n++) guesses.push(await statusOf(`${key.slice(0, -6)}guess${n}`));
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429]);
    const others: number[] = [];
    for (let n = 0; n < 6; n++) others.push(await statusOf(`key_${String(n).repeat(32)}_${'x'.repeat(43)}`));
    expect(others).toContain(429);
    expect(await statusOf(key)).toBe(200);
  },
);
