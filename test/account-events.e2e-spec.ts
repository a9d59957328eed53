import { AccountEventPublisher, Hash } from '@core-framework/auth';
import { AppModule } from '@core-framework-apps/api';
import { User } from '@core-framework-apps/blog';
import { type CoreEvent, EventBus, EventRegistry } from '@core-framework/messaging';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { describe, expect, test } from '@jest/globals';
import { createWatchedApp } from './support/accounts-watch.js';
import { databaseKinds, SERVERS } from './support/databases.js';
import { createWorld, PASSWORD, ROOT, WEAK_HASHING } from './support/world.js';

const API = '/api/v1';
const NEXT = 'Another horse 19';
const FORM = { email: 'eve@example.com', name: 'Eve', password: PASSWORD, passwordConfirm: PASSWORD };

/** Waits for what other parts of the application do afterwards. */
async function until<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(await databaseKinds())('events of accounts on %s', (kind) => {
  const start = async (configure?: Parameters<typeof createTestApp>[1]): Promise<TestApp> => {
    const env = { SEED_WHEN_EMPTY: 'false', AUTH_THROTTLE_ENABLED: 'false' };
    const app = await createWatchedApp(AppModule, { database: SERVERS[kind], env, ...configure });
    app.nest.get(Hash).configure('argon2', WEAK_HASHING);
    return app;
  };

  test('are published with what happened, without a secret, and heard by the sample', async () => {
    await using app = await start();
    const world = await app.work(createWorld);
    const seen: CoreEvent[] = [];
    app.nest.get(EventBus, { strict: false }).listen('user.*', (event) => void seen.push(event));
    const eve = (await app.client.post(`${API}/auth/register`, FORM)).json<{ id: number }>();
    const held = (await app.client.post(`${API}/auth/login`, FORM)).status;
    expect(held).toBe(400);
    const pair = await app.client.post(`${API}/auth/login`, { email: FORM.email, password: PASSWORD });
    const as = ({ access_token }: Record<string, string>) =>
      app.client.with({ authorization: `Bearer ${access_token}` });
    const passwords = { currentPassword: PASSWORD, newPassword: NEXT };
    const changed = await as(pair.json()).post(`${API}/auth/password`, passwords);
    expect(changed.status).toBe(200);
    const root = await app.work(() => User.objects.get({ email: ROOT }));
    expect((await app.client.as(root).put(`${API}/roles/editor/users/${eve.id}`)).status).toBe(204);
    expect((await as(changed.json()).post(`${API}/auth/logout`)).status).toBe(204);
    expect(world.posts.length).toBeGreaterThan(0);

    await until(() => (seen.some(({ name }) => name === 'user.logged_out') ? true : undefined));
    expect(seen.map(({ name, topic, key, data }) => ({ name, topic, key, data }))).toMatchObject([
      { name: 'user.created', data: { id: eve.id, email: FORM.email, at: expect.any(String) } },
      {
        name: 'user.logged_in',
        data: { id: eve.id, sessionId: expect.any(String), detail: { methods: ['password'] } },
      },
      { name: 'user.password_changed', data: { id: eve.id } },
      { name: 'user.permissions_changed', data: { detail: { role: 'editor', change: 'given', by: String(root.id) } } },
      { name: 'user.logged_out', topic: 'account-events', key: String(eve.id) },
    ]);
    const told = JSON.stringify(seen);
    for (const secret of [PASSWORD, NEXT, ...Object.values(pair.json<Record<string, string>>())]) {
      if (secret.length > 10) expect(told).not.toContain(secret);
    }
    const signedIn = await app.client.post(`${API}/auth/login`, { email: FORM.email, password: NEXT });
    const notices = await until(async () => {
      const page = (await as(signedIn.json()).get(`${API}/notices`)).json<{ results: { text: string }[] }>();
      return page.results.length === 2 ? page.results.map(({ text }) => text) : undefined;
    });
    expect(notices.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'The role "editor" was given.',
      'Your password was changed.',
    ]);
    const known = app.nest.get(EventRegistry, { strict: false }).events.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(['user.created', 'user.token_reused']));
  });

  test('belong to their step: where one cannot be published, nothing has happened', async () => {
    const broken = { publish: () => Promise.reject(new Error('no outbox')) };
    await using app = await start({
      configure: (builder) => builder.overrideProvider(AccountEventPublisher).useValue(broken),
    });
    expect((await app.client.post(`${API}/auth/register`, FORM)).status).toBe(500);
    expect(await app.work(() => User.objects.filter({ email: FORM.email }).exists())).toBe(false);
  });
});
