import { MigrationService } from '@core-framework/orm';
import { AppModule } from '@core-framework-apps/api';
import { type TestApp, type TestClient } from '@core-framework/testing';
import { Hash } from '@core-framework/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from './support/accounts-watch.js';
import { databaseKinds, SERVERS } from './support/databases.js';
import { ANN, BOB, createWorld, GONE, PASSWORD, ROOT, WEAK_HASHING, type World } from './support/world.js';

const API = '/api/v1';
const POLICIES = {
  POLICY_MODEL: 'apps/blog/policies/model.conf',
  POLICY_FILE: 'apps/blog/policies/policy.csv',
};

async function start(database: string, env: Record<string, string> = {}): Promise<TestApp> {
  const app = await createWatchedApp(AppModule, {
    database,
    env: { SEED_WHEN_EMPTY: 'false', AUTH_THROTTLE_ENABLED: 'false', ...env },
  });
  app.nest.get(Hash).configure('argon2', WEAK_HASHING);
  return app;
}

async function signIn(app: TestApp, email: string): Promise<TestClient> {
  const answer = await app.client.post(`${API}/auth/login`, { email, password: PASSWORD });
  expect(answer.status).toBe(200);
  return app.client.with({ authorization: `Bearer ${answer.json().access_token}` });
}

describe.each(await databaseKinds())('accounts of the sample on %s', (kind) => {
  let app: TestApp;
  let world: World;
  const as = (email: string) => signIn(app, email);
  const post = (number: number) => `${API}/posts/${world.posts[number - 1]!.id}`;

  beforeAll(async () => void (app = await start(SERVERS[kind])));
  afterAll(() => app?.close());
  beforeEach(async () => void (world = await app.work(createWorld)));

  test('its migrations make what its models describe', async () => {
    expect(await app.nest.get(MigrationService, { strict: false }).check()).toMatchObject({ isClean: true });
  });

  test('a reader registers with a strong password, given twice, and writes under his name', async () => {
    const form = { email: 'Eve@example.com', name: 'Eve', password: PASSWORD, passwordConfirm: PASSWORD };
    for (const [changes, field] of [
      [{ passwordConfirm: 'Correct horse 2' }, 'passwordConfirm'],
      [{ password: 'correct horse 1', passwordConfirm: 'correct horse 1' }, 'password'],
      [{ password: 'CORRECT HORSE 1', passwordConfirm: 'CORRECT HORSE 1' }, 'password'],
      [{ password: 'Correct horse', passwordConfirm: 'Correct horse' }, 'password'],
      [{ password: 'Horse 1', passwordConfirm: 'Horse 1' }, 'password'],
      [{ password: 'Password123', passwordConfirm: 'Password123' }, 'password'],
      [{ isSuperuser: true }, 'isSuperuser'],
      [{ name: '' }, 'name'],
    ] as const) {
      const { status, text } = await app.client.post(`${API}/auth/register`, { ...form, ...changes });
      expect([status, Object.keys(JSON.parse(text).errors)]).toEqual([400, [field]]);
    }
    const { status, text } = await app.client.post(`${API}/auth/register`, form);
    expect([status, JSON.parse(text)]).toMatchObject([201, { email: 'eve@example.com' }]);
    const gone = await app.client.post(`${API}/auth/login`, { email: GONE, password: PASSWORD });
    expect([gone.status, gone.json().code]).toEqual([401, 'invalid_credentials']);
    const eve = await as('eve@example.com');
    const draft = await eve.post(`${API}/posts`, { title: 'Mine', content: 'Text.' });
    expect(draft.status).toBe(201);
    expect((await eve.get(`${API}/posts/mine`)).json()).toMatchObject({ count: 1, results: [{ title: 'Mine' }] });
    expect((await app.client.get(`${API}/posts/mine`)).status).toBe(401);
    expect((await eve.patch(post(1), { title: 'Not mine' })).status).toBe(403);
  });

  test('an editor changes what others wrote, as soon as an admin says so and as long', async () => {
    const [ann, bob, root] = [await as(ANN), await as(BOB), await as(ROOT)];
    const role = `${API}/roles/editor/users/${world.bob.id}`;
    expect((await bob.get(post(2))).status).toBe(404);
    expect([(await ann.put(role)).status, (await app.client.put(role)).status]).toEqual([403, 401]);
    expect((await root.put(`${API}/roles/owner/users/${world.bob.id}`)).status).toBe(404);
    expect((await root.put(`${API}/roles/editor/users/999999`)).status).toBe(404);
    expect((await root.put(role)).status).toBe(204);
    expect((await bob.patch(post(2), { title: 'Edited' })).status).toBe(200);
    expect((await bob.post(`${post(2)}/publish`)).status).toBe(200);
    expect((await bob.get(`${API}/dashboard`)).status).toBe(403);
    expect((await bob.delete(post(3))).status).toBe(204);
    expect((await root.delete(role)).status).toBe(204);
    expect((await bob.patch(post(1), { title: 'Edited' })).status).toBe(403);
  });

  test('admins see the dashboard, superusers the accounts', async () => {
    const [ann, root] = [await as(ANN), await as(ROOT)];
    expect((await ann.get(`${API}/dashboard`)).status).toBe(403);
    await root.put(`${API}/roles/admin/users/${world.ann.id}`);
    expect((await ann.get(`${API}/dashboard`)).json()).toEqual({
      user: world.ann.id,
      posts: 7,
      drafts: 3,
      comments: 2,
      users: 3,
    });
    expect((await ann.get(`${API}/users`)).status).toBe(403);
    expect((await root.get(`${API}/users?search=ann`)).json()).toMatchObject({
      results: [{ email: ANN, name: 'Ann' }],
    });
  });

  test('an API key writes in the name of its owner, within its scopes', async () => {
    const bob = await as(BOB);
    const made = await bob.post(`${API}/auth/api-keys`, { name: 'importer', scopes: ['posts.read'] });
    expect(made.status).toBe(201);
    const program = app.client.with({ 'x-api-key': made.json().key });
    const created = await program.post(`${API}/posts`, { title: 'Imported', content: 'Text.' });
    expect([created.status, created.json().author]).toEqual([201, world.bob.id]);
    expect((await program.get(`${API}/auth/api-keys`)).status).toBe(403);
    expect((await bob.delete(`${API}/auth/api-keys/${made.json().id}`)).status).toBe(204);
    expect((await program.get(`${API}/posts/mine`)).status).toBe(401);
  });
});

test('policies of a model.conf and a policy.csv decide beside the roles', async () => {
  await using app = await start(SERVERS.sqlite, POLICIES);
  const world = await app.work(createWorld);
  const [bob, root] = [await signIn(app, BOB), await signIn(app, ROOT)];
  const comment = (await app.client.get(`${API}/comments`)).json().results[0].id as number;
  expect((await bob.delete(`${API}/comments/${comment}`)).status).toBe(403);
  await root.put(`${API}/roles/editor/users/${world.bob.id}`);
  const one = `${API}/posts/${world.posts[0]!.id}`;
  // The role gives posts.delete, the rule denies it.
  expect([(await bob.patch(one, { title: 'Edited' })).status, (await bob.delete(one)).status]).toEqual([200, 403]);
  await root.delete(`${API}/roles/editor/users/${world.bob.id}`);
  await root.put(`${API}/roles/admin/users/${world.bob.id}`);
  expect((await bob.delete(`${API}/comments/${comment}`)).status).toBe(204);
});
