import { AbstractUser, AuthModule, PermissionsMixin, RequireSession, type UserManager } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { type ActionContext, AllowAny, ApiView, HasPermission, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Logger, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApp } from '../app/create-test-app.js';
import type { TestApp } from '../app/test-app.js';
import { LeakedSecretError, RouteInventoryError, SecurityCheckError } from '../errors/testing.errors.js';
import { assertRouteInventory, routeInventory } from '../routes/route-inventory.js';
import { statement } from '../security/security-check.js';
import { actingAs, FakeMailer, SecretWatch, TokenFactory } from './auth.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@ViewSet({ path: 'reports', permissions: [HasPermission('reports.read'), RequireSession] })
class ReportView extends ApiView {
  get({ principal }: ActionContext) {
    return { reader: principal.id };
  }
}

@ViewSet({ path: 'time', permissions: [AllowAny] })
class TimeView extends ApiView {
  get() {
    return { now: 0 };
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
    ViewSetModule.forFeature([ReportView, TimeView]),
  ],
})
class AppModule {}

const API = '/api/v1';
const mails = new FakeMailer();
let app: TestApp;
let ann: User;
beforeAll(async () => {
  app = await createTestApp(AppModule, { configure: mails.replaceSender });
  ann = await app.work(async () => {
    const user = await User.objects.createUser({ email: 'ann@example.com' });
    await user.addPermission('reports.read');
    return user;
  });
});
afterAll(() => app.close());

describe('acting as a user', () => {
  test('has the rights of the tables', async () => {
    const bob = await app.work(() => User.objects.createUser({ email: 'bob@example.com' }));
    expect((await app.client.as(ann).get(`${API}/reports`)).json()).toEqual({ reader: ann.id });
    expect((await app.client.as(bob).get(`${API}/reports`)).status).toBe(403);
    expect((await app.client.as(ann).get(`${API}/auth/me`)).json()).toMatchObject({ email: 'ann@example.com' });
  });

  test('can be done in a session, which ends', async () => {
    const client = await actingAs(app, ann);
    expect((await client.get(`${API}/auth/sessions`)).json()).toMatchObject([{ isCurrent: true }]);
    expect((await client.post(`${API}/auth/logout`)).status).toBe(204);
    expect((await client.get(`${API}/reports`)).status).toBe(401);
  });
});

test('the token factory makes tokens that are let in, and tokens that are not', async () => {
  const tokens = new TokenFactory(app);
  const status = async (headers: Record<string, string>) =>
    (await app.client.with(headers).get(`${API}/auth/me`)).status;
  const bearer = (token: string) => status({ authorization: `Bearer ${token}` });
  expect(await bearer((await tokens.pair(ann)).accessToken)).toBe(200);
  expect(await bearer(await tokens.access(ann, { scopes: ['reports.read'] }))).toBe(200);
  expect(await status({ 'x-api-key': await tokens.apiKey(ann) })).toBe(200);
  expect(await bearer(await tokens.expired(ann))).toBe(401);
  expect(await bearer(await tokens.ofType('refresh', ann))).toBe(401);
  expect(await bearer(tokens.unsigned(ann))).toBe(401);
});

test('the fake mailer keeps mails, and tells what is missing', async () => {
  await mails.assertNothingSent();
  await app.client.post(`${API}/auth/forgot-password`, { email: 'ann@example.com' });
  await mails.assertSent('ann@example.com', /new password/);
  await expect(mails.assertSent('bob@example.com')).rejects.toThrow('No mail to bob@example.com');
  await expect(mails.assertNothingSent()).rejects.toThrow('There are mails:\n  ann@example.com');
  const body = { token: await mails.tokenTo('ann@example.com'), password: 'a fine new horse' };
  expect((await app.client.post(`${API}/auth/reset-password`, body)).status).toBe(200);
  mails.clear();
  await mails.assertNothingSent('ann@example.com');
});

describe('the inventory of routes', () => {
  test('knows every verb of every path, and which are open', async () => {
    const entries = await routeInventory(app);
    expect(entries).toContainEqual({ route: `GET ${API}/time`, status: 200, isOpen: true });
    expect(entries).toContainEqual({ route: `GET ${API}/reports`, status: 401, isOpen: false });
    expect(entries).toContainEqual({ route: `PATCH ${API}/reports`, status: 401, isOpen: false });
  });

  test('fails for what is open and not listed, and for what is listed and closed', async () => {
    const open = (await routeInventory(app)).filter(({ isOpen }) => isOpen).map(({ route }) => route);
    await assertRouteInventory(app, { open });
    const error = await assertRouteInventory(app, {
      open: [...open.filter((route) => route !== `GET ${API}/time`), `GET ${API}/reports`],
    }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RouteInventoryError);
    expect(error).toMatchObject({ open: [`GET ${API}/time`], missing: [`GET ${API}/reports`] });
  });
});

test('a security check lists what it found', async () => {
  const check = statement('SEC-0', 'nothing is wrong', async () => ['GET /a is wrong', 'GET /b, too']);
  const target = { app, open: [], caller: app.client };
  await expect(check.check(target)).rejects.toThrow(SecurityCheckError);
  await expect(check.check(target)).rejects.toThrow('SEC-0: nothing is wrong:\n  GET /a is wrong\n  GET /b, too');
});

describe('the search for secrets', () => {
  const SECRET = 'correct horse battery';
  const watched = () => new SecretWatch().start(AppModule, { env: { AUTH_THROTTLE_ENABLED: 'false' } });
  const signedIn = async (app: TestApp) => {
    await app.work(() => User.objects.createUser({ email: 'ann@example.com', password: SECRET }));
    const answer = await app.client.post(`${API}/auth/login`, { email: 'ann@example.com', password: SECRET });
    return answer.json<{ access_token: string; refresh_token: string }>();
  };

  test('finds none where nothing is kept or written but hashes', async () => {
    const app = await watched();
    await signedIn(app);
    await expect(app.close()).resolves.toBeUndefined();
  });

  test.each(['access_token', 'refresh_token'] as const)('finds the %s in a line of the log', async (kind) => {
    const app = await watched();
    new Logger('App').log(`Somebody came with ${(await signedIn(app))[kind]}`);
    await expect(app.close()).rejects.toThrow(LeakedSecretError);
  });

  test('finds in a table what was sent', async () => {
    const app = await watched();
    const ann = await app.work(() => User.objects.createUser({ email: 'ann@example.com' }));
    const change = (firstName: string) => app.work(() => User.objects.filter({ id: ann.id }).update({ firstName }));
    await app.client.post(`${API}/auth/login`, { email: 'bob@example.com', password: 'a horse of another' });
    await change('a horse of another');
    const error = await app.close().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ findings: ['a horse of… in users'] });
  });
});
