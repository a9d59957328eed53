import { AuthEvent, Sessions } from '@core-framework/auth';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API, type Held, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

const CLIENT = { ip: null, userAgent: null, requestId: null };

describe.each(await databaseKinds())('changes of accounts on %s', (kind) => {
  let world: AccountsApp;
  const work = <T>(run: () => Promise<T>) => world.app.work(run);
  beforeAll(async () => void (world = await AccountsApp.start(kind)));
  afterAll(() => world?.[Symbol.asyncDispose]());

  test('a form of RFC 6749 signs in, as the Authorize button of the documentation sends it', async () => {
    const form = new URLSearchParams({
      grant_type: 'password',
      username: 'alice@example.com',
      password: PASSWORD,
      scope: '',
    });
    const send = (body: string) =>
      world.app.client.post(`${API}/auth/login`, body, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const answer = await send(form.toString());
    expect([answer.status, answer.json()]).toMatchObject([200, { token_type: 'bearer' }]);
    expect((await world.me(answer.json<Held>())).status).toBe(200);
    expect((await send('grant_type=client_credentials&username=a&password=b')).status).toBe(400);
    expect((await send('username=alice%40example.com&username=b&password=x')).status).toBe(400);
    const { paths } = (await world.app.client.get('/openapi.json')).json();
    expect(Object.keys(paths[`${API}/auth/login`].post.requestBody.content)).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
    ]);
  });

  test('SEC-78: what is sensitive asks for a recent sign-in, which the password renews', async () => {
    world.app.clock.set('2026-06-01T12:00:00Z');
    const alice = world.bearer(await world.hold('alice'));
    world.app.clock.advance({ minutes: 20 });
    for (const [path, body] of [
      ['email', { email: 'alice2@example.com' }],
      ['api-keys', { name: 'x' }],
    ] as const) {
      const answer = await alice.post(`${API}/auth/${path}`, body);
      expect([answer.status, answer.json().code]).toEqual([403, 'reauthentication_required']);
    }
    expect((await alice.delete(`${API}/auth/me`, { body: {} })).status).toBe(400);
    const wrong = await alice.post(`${API}/auth/reauthenticate`, { currentPassword: 'wrong horse' });
    expect([wrong.status, wrong.json()]).toMatchObject([
      400,
      { errors: { currentPassword: [{ code: 'invalid_password' }] } },
    ]);
    expect((await alice.post(`${API}/auth/api-keys`, { name: 'x' })).status).toBe(403);
    expect((await alice.post(`${API}/auth/reauthenticate`, { currentPassword: PASSWORD })).status).toBe(204);
    expect((await alice.post(`${API}/auth/api-keys`, { name: 'x' })).status).toBe(201);
    expect(await work(() => AuthEvent.objects.filter({ name: 'authn_reauthenticated' }).count())).toBe(1);
    world.app.clock.reset();
  });

  test('SEC-78: an account is deleted by its password, or by a recent sign-in where it has none', async () => {
    world.app.clock.set('2026-06-01T12:00:00Z');
    const create = async (name: string, password: string | null) => {
      const user = await work(() => Account.objects.createUser({ email: `${name}@example.com`, password }));
      const { accessToken } = await work(() => world.app.nest.get(Sessions).start(user, { client: CLIENT }));
      return world.bearer({ access_token: accessToken });
    };
    const [owner, guest] = [await create('owner', PASSWORD), await create('guest', null)];
    const me = `${API}/auth/me`;
    for (const body of [undefined, {}, { currentPassword: null }]) {
      const answer = await owner.delete(me, { body });
      expect([answer.status, answer.json()]).toMatchObject([
        400,
        { errors: { currentPassword: [{ code: 'password_required' }] } },
      ]);
    }
    world.app.clock.advance({ minutes: 16 });
    const late = await guest.delete(me);
    expect([late.status, late.json().code]).toEqual([403, 'reauthentication_required']);
    expect((await guest.delete(me, { body: { currentPassword: '' } })).status).toBe(403);
    world.app.clock.set('2026-06-01T12:14:00Z');
    expect((await guest.delete(me)).status).toBe(204);
    expect((await guest.get(me)).status).toBe(401);
    expect((await owner.delete(me, { body: { currentPassword: PASSWORD } })).status).toBe(204);
    world.app.clock.reset();
  });

  test('an address changes when its mails are shown to be read, and the former one is told', async () => {
    const held = await world.hold('bob');
    const bob = world.bearer(held);
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'bob@example.com' });
    const reset = await world.mailedToken('bob@example.com');
    expect((await bob.post(`${API}/auth/email`, { email: 'Robert@Example.com' })).status).toBe(202);
    const token = await world.mailedToken('robert@example.com');
    expect((await world.me(held)).json()).toMatchObject({ email: 'bob@example.com' });
    for (const wrong of ['x', `${token}x`, reset]) {
      expect((await world.app.client.post(`${API}/auth/email/confirm`, { token: wrong })).status).toBe(400);
    }
    expect((await world.app.client.post(`${API}/auth/reset-password`, { token, password: PASSWORD })).status).toBe(400);
    const tries = await Promise.all(
      Array.from({ length: 10 }, () => world.app.client.post(`${API}/auth/email/confirm`, { token })),
    );
    expect(tries.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await world.me(held)).json()).toMatchObject({ email: 'robert@example.com', isVerified: true });
    expect(world.mails.lastTo('bob@example.com')?.subject).toMatch(/address was changed/);
    const late = await world.app.client.post(`${API}/auth/reset-password`, { token: reset, password: PASSWORD });
    expect([late.status, late.json().code]).toEqual([400, 'invalid_token']);
    await work(() => Account.objects.filter({ email: 'robert@example.com' }).update({ email: 'bob@example.com' }));
  });

  test('SEC-06: whether an address is taken is told to its owner alone', async () => {
    const ed = world.bearer(await world.hold('ed'));
    const [free, taken] = [
      await ed.post(`${API}/auth/email`, { email: 'free@example.com' }),
      await ed.post(`${API}/auth/email`, { email: 'alice@example.com' }),
    ];
    expect([free.status, free.text]).toEqual([taken.status, taken.text]);
    await world.mails.settled();
    expect(world.mails.lastTo('alice@example.com')?.subject).toMatch(/already have an account/);
    const token = await world.mailedToken('free@example.com');
    await work(() => Account.objects.createUser({ email: 'free@example.com' }));
    expect((await world.app.client.post(`${API}/auth/email/confirm`, { token })).status).toBe(400);
  });

  test('SEC-76: a link that changes the address is good no longer once somebody else may have asked for it', async () => {
    const password = 'a fine new horse';
    const root = world.bearer(await world.hold('root'));
    const endings: Record<string, (id: number, held: Held) => Promise<unknown>> = {
      'the password is changed': (_id, held) =>
        world.bearer(held).post(`${API}/auth/password`, { currentPassword: PASSWORD, newPassword: password }),
      'the password is reset': async (id) => {
        await world.app.client.post(`${API}/auth/forgot-password`, { email: `kim${id}@example.com` });
        const token = await world.mailedToken(`kim${id}@example.com`);
        await world.app.client.post(`${API}/auth/reset-password`, { token, password });
      },
      'a superuser sets the password': (id) => root.patch(`${API}/users/${id}`, { password }),
      'a superuser sets the address': (id) => root.patch(`${API}/users/${id}`, { email: `kim${id}@example.org` }),
      'a superuser switches the account off and on': async (id) => {
        await root.patch(`${API}/users/${id}`, { isActive: false });
        await root.patch(`${API}/users/${id}`, { isActive: true });
      },
      'a superuser ends all sessions': (id) => root.post(`${API}/users/${id}/revoke-sessions`),
    };
    for (const [what, end] of Object.entries(endings)) {
      const { id } = await work(() => Account.objects.createUser({ email: 'kim@example.com', password: PASSWORD }));
      await work(() => Account.objects.filter({ id }).update({ email: `kim${id}@example.com` }));
      const held = (await world.login(`kim${id}`)).json<Held>();
      await world.bearer(held).post(`${API}/auth/email`, { email: `mallory${id}@example.com` });
      const token = await world.mailedToken(`mallory${id}@example.com`);
      await end(id, held);
      const late = await world.app.client.post(`${API}/auth/email/confirm`, { token });
      expect([what, late.status]).toEqual([what, 400]);
    }
  });

  test('SEC-73: an address with a line break in it is refused', async () => {
    const ed = world.bearer(await world.hold('ed'));
    for (const email of [
      'a@example.com\nBcc: evil@example.com',
      'a@example.com, b@example.com',
      'a b@example.com',
      'x',
    ]) {
      expect((await ed.post(`${API}/auth/email`, { email })).status).toBe(400);
      expect((await world.app.client.post(`${API}/auth/forgot-password`, { email })).status).toBe(400);
    }
  });
});
