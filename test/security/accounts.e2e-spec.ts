import { AuthEvent, Hash, Session, Tokens } from '@core-framework/auth';
import { ServiceUnavailableException } from '@core-framework/common';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API, type Held, Letter, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

const kinds = await databaseKinds();
/** Headers without those that no two answers share. */
const stable = (headers: object) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(?:date|x-request-id|x-response-time)$/.test(name)));
/** A password of so many characters. */
const of = (length: number) => 'x1y '.repeat(length).slice(0, length).replace(/ $/, '.');
const withoutId = (text: string) => text.replace(/"requestId":"[^"]*"/, '');

describe.each(kinds)('accounts on %s', (kind) => {
  let world: AccountsApp;
  const work = <T>(run: () => Promise<T>) => world.app.work(run);
  beforeAll(async () => void (world = await AccountsApp.start(kind)));
  afterAll(() => world?.[Symbol.asyncDispose]());

  test('SEC-01: the answer to a bad sign-in is the same whatever is wrong', async () => {
    const answers = [
      await world.login('nobody'),
      await world.login('alice', 'wrong horse battery'),
      await world.login('ivy'),
      await world.login('nopass', ''),
      await world.login('nopass'),
      await world.app.client.post(`${API}/auth/login`, { email: null, password: PASSWORD }),
      await world.app.client.post(`${API}/auth/login`, { username: null, password: PASSWORD }),
    ];
    for (const { status, text, headers } of answers) {
      expect([status, headers['www-authenticate'], withoutId(text)]).toEqual([
        401,
        'Bearer',
        withoutId(answers[0]!.text),
      ]);
      expect(stable(headers)).toEqual(stable(answers[0]!.headers));
    }
    expect(answers[0]!.json()).toMatchObject({ detail: 'Invalid email or password.', code: 'invalid_credentials' });
  });

  test('a user registers, signs in, is shown and changed, and nobody sees a hash', async () => {
    const answer = await world.app.client.post(`${API}/auth/register/`, {
      email: ' New@Example.com',
      password: 'a fine new horse',
      firstName: 'New',
    });
    expect([answer.status, answer.json()]).toMatchObject([
      201,
      {
        id: expect.any(Number),
        email: 'new@example.com',
        firstName: 'New',
        lastName: '',
        isActive: true,
        isVerified: false,
        dateJoined: expect.any(String),
      },
    ]);
    expect(answer.text).not.toMatch(/hash|tokenVersion|argon/i);
    const again = await world.app.client.post(`${API}/auth/register`, {
      email: 'NEW@example.com',
      password: 'a fine new horse',
    });
    expect([again.status, again.json()]).toMatchObject([
      400,
      { errors: { email: [{ code: 'email_already_registered' }] } },
    ]);
    const signedIn = await world.login('new', 'a fine new horse');
    expect([signedIn.status, signedIn.json()]).toEqual([
      200,
      { access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer', expires_in: 1800 },
    ]);
    const held = signedIn.json<Held>();
    const changed = await world.bearer(held).patch(`${API}/auth/me`, { lastName: 'Comer' });
    expect([changed.status, changed.json()]).toMatchObject([
      200,
      { firstName: 'New', lastName: 'Comer', email: 'new@example.com' },
    ]);
    expect((await world.me(held)).text).not.toMatch(/hash|tokenVersion|argon/i);
    const kept = await world.bearer(held).delete(`${API}/auth/me`, { body: { currentPassword: 'wrong' } });
    expect(kept.status).toBe(400);
    const gone = await world.bearer(held).delete(`${API}/auth/me`, { body: { currentPassword: 'a fine new horse' } });
    expect([gone.status, (await world.me(held)).status]).toEqual([204, 401]);
  });

  test('SEC-12 and SEC-14: passwords that are short, long, common or the address are refused', async () => {
    const register = (password: unknown, email = 'pw@example.com') =>
      world.app.client.post(`${API}/auth/register`, { email, password });
    for (const [password, code] of [
      ['seven.c', 'password_too_short'],
      ['x1'.repeat(65), 'password_too_long'],
      ['password123', 'password_too_common'],
      ['pw-person@example.com', 'password_too_similar'],
    ]) {
      const answer = await register(password, 'pw-person@example.com');
      expect([answer.status, answer.json()]).toMatchObject([400, { errors: { password: [{ code }] } }]);
      expect(answer.text).not.toContain(password);
    }
    for (const password of [7, null, ['x'], { $ne: null }, undefined])
      expect((await register(password)).status).toBe(400);
    expect((await register('64 characters of horses, batteries and staples that are correct..')).status).toBe(201);
  });

  test('SEC-12: passwords of 7, 64, 129 and a million characters are 400, 201, 400 and 413', async () => {
    const register = (length: number) =>
      world.app.client.post(`${API}/auth/register`, { email: `of${length}@example.com`, password: of(length) });
    const statuses = [];
    for (const length of [7, 64, 129, 1_000_000]) statuses.push((await register(length)).status);
    expect(statuses).toEqual([400, 201, 400, 413]);
  });

  test('SEC-12: every endpoint of accounts that reads a body reads 64 kB of it, and says so of more', async () => {
    const { paths } = (await world.app.client.get('/openapi.json')).json<{
      paths: Record<string, Record<string, { requestBody?: object; responses: object }>>;
    }>();
    const root = world.bearer((await world.login('root')).json<Held>());
    const { id } = (await root.get(`${API}/auth/me`)).json<{ id: number }>();
    const bodyOf = (bytes: number) => JSON.stringify({ token: 'x'.repeat(bytes - '{"token":""}'.length) });
    const send = (method: string, path: string, body: string) =>
      root.request(method, path.replace('{id}', String(id)).replace('{provider}', 'none'), {
        body,
        headers: { 'content-type': 'application/json' },
      });
    const reading = Object.entries(paths)
      .filter(([path]) => /^\/api\/v1\/(?:auth|users)(?:\/|$)/.test(path))
      .flatMap(([path, operations]) =>
        Object.entries(operations).flatMap(([method, { requestBody, responses }]) =>
          requestBody ? [{ method: method.toUpperCase(), path, responses }] : [],
        ),
      );
    expect(reading.length).toBeGreaterThan(30);
    for (const { method, path, responses } of reading) {
      expect([method, path, Object.keys(responses)]).toEqual([method, path, expect.arrayContaining(['413'])]);
      const { status, text } = await send(method, path, bodyOf(65_537));
      expect([method, path, status, JSON.parse(text)]).toMatchObject([
        method,
        path,
        413,
        { code: 'payload_too_large' },
      ]);
      expect([method, path, (await send(method, path, bodyOf(65_536))).status]).not.toContain(413);
    }
  });

  test('SEC-12: what is too long is hashed by nobody, and 128 characters are not', async () => {
    const hash = world.app.nest.get(Hash);
    const make = hash.make.bind(hash);
    let made = 0;
    hash.make = (password) => ((made += 1), make(password));
    const register = (password: string) =>
      world.app.client.post(`${API}/auth/register`, { email: `long${password.length}@example.com`, password });
    const statuses = [];
    for (const length of [129, 1000, 1024, 1025, 60_000, 1_000_000, 7])
      statuses.push((await register(of(length))).status);
    expect([statuses, made]).toEqual([[400, 400, 400, 400, 400, 413, 400], 0]);
    expect([(await register(of(128))).status, made]).toEqual([201, 1]);
    hash.make = make;
  });

  test('SEC-13: no part of a password is cut off, and its letters may be written in two ways', async () => {
    const register = (email: string, password: string) =>
      world.app.client.post(`${API}/auth/register`, { email: `${email}@example.com`, password });
    const start = 'x1y'.repeat(24);
    expect((await register('cut', `${start}A`)).status).toBe(201);
    expect([(await world.login('cut', `${start}B`)).status, (await world.login('cut', start)).status]).toEqual([
      401, 401,
    ]);
    expect((await world.login('cut', `${start}A`)).status).toBe(200);
    const emoji = '\u{1F511}\u{1F40E}\u{1F50B}\u{1F4CC}'.repeat(5);
    expect([...emoji]).toHaveLength(20);
    expect((await register('emoji', emoji)).status).toBe(201);
    expect([(await world.login('emoji', emoji)).status, (await world.login('emoji', emoji.slice(2))).status]).toEqual([
      200, 401,
    ]);
    expect((await register('cafe', 'caf\u00e9 at night')).status).toBe(201);
    expect([
      (await world.login('cafe', 'cafe\u0301 at night')).status,
      (await world.login('cafe', 'cafe at night')).status,
    ]).toEqual([200, 401]);
  });

  test('SEC-13: a hasher that takes 72 bytes is given no more', async () => {
    await using bcrypt = await AccountsApp.start(kind, { AUTH_PASSWORD_HASHER: 'bcrypt' });
    bcrypt.app.nest.get(Hash).configure('bcrypt', { rounds: 4 });
    const start = 'x1y'.repeat(24);
    const tooLong = { errors: { password: [{ code: 'password_too_long' }] } };
    for (const password of [`${start}A`, '\u{1F511}\u{1F40E}\u{1F50B}\u{1F4CC}'.repeat(5)]) {
      const answer = await bcrypt.app.client.post(`${API}/auth/register`, { email: 'cut@example.com', password });
      expect([answer.status, answer.json()]).toMatchObject([400, tooLong]);
    }
    const held = await bcrypt.hold('alice');
    const changed = await bcrypt
      .bearer(held)
      .post(`${API}/auth/password`, { currentPassword: PASSWORD, newPassword: `${start}A` });
    expect(changed.status).toBe(400);
    expect(
      (await bcrypt.app.client.post(`${API}/auth/register`, { email: 'cut@example.com', password: start })).status,
    ).toBe(201);
    expect([(await bcrypt.login('cut', `${start}B`)).status, (await bcrypt.login('cut', start)).status]).toEqual([
      401, 200,
    ]);
  });

  test('SEC-13: passwords are taken as they come, white space and all', async () => {
    await world.app.client.post(`${API}/auth/register`, {
      email: 'space@example.com',
      password: '  two spaces around  ',
    });
    expect((await world.login('space', 'two spaces around')).status).toBe(401);
    expect((await world.login('space', '  two spaces around  ')).status).toBe(200);
  });

  test('SEC-15: every route of the package but the open ones refuses anonymous callers', async () => {
    const { paths } = (await world.app.client.get('/openapi.json')).json<{
      paths: Record<string, Record<string, { security: object[] }>>;
    }>();
    const open: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const url = path.replace('{id}', '018f3b1e-0000-7000-8000-000000000000');
        const { status } = await world.app.client.request(method.toUpperCase(), url, {
          body: method === 'get' ? undefined : {},
        });
        if (status !== 401) open.push(`${method} ${path.replace(API, '')}`);
      }
    }
    expect(open.filter((route) => route.includes('/auth/')).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'get /auth/oauth/{provider}/authorize',
      'get /auth/oauth/{provider}/callback',
      'post /auth/2fa/verify',
      'post /auth/cookie/2fa/verify',
      'post /auth/cookie/login',
      'post /auth/cookie/oauth/{provider}/id-token',
      'post /auth/cookie/oauth/token',
      'post /auth/email/confirm',
      'post /auth/forgot-password',
      'post /auth/jwt/login',
      'post /auth/login',
      'post /auth/login/json',
      'post /auth/oauth/{provider}/id-token',
      'post /auth/oauth/{provider}/nonce',
      'post /auth/oauth/token',
      'post /auth/refresh',
      'post /auth/register',
      'post /auth/request-verify-token',
      'post /auth/reset-password',
      // By the secret of a service.
      'post /auth/token/introspect',
      'post /auth/token/revoke',
      'post /auth/verify',
      'post /auth/verify-email',
      'post /auth/verify-email/request',
    ]);
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      expect([404, 405]).toContain((await world.app.client.request(method, `${API}/auth/1`, { body: {} })).status);
    }
  });

  test('aliases answer like the endpoints that they stand for, and are deprecated', async () => {
    const held = (
      await world.app.client.post(`${API}/auth/jwt/login`, { email: 'bob@example.com', password: PASSWORD })
    ).json<Held>();
    for (const alias of ['auth/users/me', 'users/me']) {
      expect((await world.bearer(held).get(`${API}/${alias}`)).json()).toEqual((await world.me(held)).json());
      const changed = await world.bearer(held).patch(`${API}/${alias}`, { firstName: alias });
      expect([changed.status, changed.json()]).toMatchObject([200, { firstName: alias }]);
      expect((await world.app.client.get(`${API}/${alias}`)).status).toBe(401);
    }
    const { paths } = (await world.app.client.get('/openapi.json')).json<{
      paths: Record<string, Record<string, { deprecated?: boolean }>>;
    }>();
    expect([paths[`${API}/auth/jwt/login`]?.post?.deprecated, paths[`${API}/auth/login`]?.post?.deprecated]).toEqual([
      true,
      undefined,
    ]);
    expect((await world.bearer(held).post(`${API}/auth/jwt/logout`)).status).toBe(204);
    expect((await world.me(held)).status).toBe(401);
  });

  test("SEC-17, SEC-18 and SEC-20: nobody writes or runs actions on what is somebody else's, PATCH no less than PUT", async () => {
    const id = await work(
      async () =>
        (
          await Letter.objects.create({
            title: 'Mine',
            author: (await Account.objects.getByEmail('alice@example.com'))!,
          })
        ).id,
    );
    const bob = world.bearer(await world.hold('bob'));
    const alice = world.bearer(await world.hold('alice'));
    for (const [method, path, body] of [
      ['PUT', '', { title: 'x' }],
      ['PATCH', '', { title: 'x' }],
      ['DELETE', '', undefined],
      ['POST', '/publish', {}],
    ] as const) {
      expect([method, (await bob.request(method, `${API}/letters/${id}${path}`, { body })).status]).toEqual([
        method,
        403,
      ]);
    }
    expect((await alice.patch(`${API}/letters/${id}`, { title: 'Still mine' })).status).toBe(200);
  });

  test('SEC-17 and SEC-24: what a caller may not know of does not exist, whatever he does with it', async () => {
    const { id } = await work(async () => {
      const author = (await Account.objects.getByEmail('alice@example.com'))!;
      return Letter.objects.create({ title: 'Hidden', author });
    });
    const [alice, bob] = [world.bearer(await world.hold('alice')), world.bearer(await world.hold('bob'))];
    const address = `${API}/private-letters/${id}`;
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      const body = method.startsWith('P') ? { title: 'x' } : undefined;
      const [foreign, absent] = [
        await bob.request(method, address, { body }),
        await bob.request(method, `${API}/private-letters/99999`, { body }),
      ];
      expect([method, foreign.status]).toEqual([method, 404]);
      expect(withoutId(foreign.text).replaceAll(String(id), '')).toBe(withoutId(absent.text).replaceAll('99999', ''));
    }
    expect((await bob.get(`${API}/private-letters`)).json()).toMatchObject({ count: 0 });
    expect((await alice.get(address)).json()).toMatchObject({ title: 'Hidden' });
  });

  test('SEC-22: nobody gives himself flags, groups or another key', async () => {
    const held = await world.hold('alice');
    const alice = world.bearer(held);
    const before = (await world.me(held)).json<Record<string, unknown>>();
    for (const [name, value] of Object.entries({
      isSuperuser: true,
      isStaff: true,
      isVerified: true,
      isActive: false,
      groups: [1],
      userPermissions: [1],
      passwordHash: 'x',
      tokenVersion: 9,
      id: 2,
      email: 'x@y.zz',
      lastLogin: null,
      is_superuser: true,
      is_staff: true,
      is_verified: true,
      user_permissions: [1],
      password_hash: 'x',
    })) {
      const answer = await alice.patch(`${API}/auth/me`, { firstName: 'Al', [name]: value });
      expect([name, answer.status]).toEqual([name, 400]);
      const { updatedAt: _now, ...after } = (await world.me(held)).json<Record<string, unknown>>();
      const { updatedAt: _then, ...expected } = before;
      expect(after).toEqual(expected);
    }
    expect((await alice.get(`${API}/letters/statistics`)).status).toBe(403);
    const registered = await world.app.client.post(`${API}/auth/register`, {
      email: 'evil@example.com',
      password: PASSWORD,
      isSuperuser: true,
    });
    expect(registered.status).toBe(400);
  });

  test('SEC-22: only superusers administer accounts, and what they change ends sessions', async () => {
    const alice = world.bearer(await world.hold('alice'));
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/1'],
      ['PATCH', '/1'],
      ['DELETE', '/1'],
    ] as const) {
      expect(
        (await alice.request(method, `${API}/users${path}`, { body: method === 'GET' ? undefined : {} })).status,
      ).toBe(403);
    }
    const root = world.bearer(await world.hold('root'));
    const made = await root.post(`${API}/users`, { email: 'made@example.com', password: PASSWORD, isStaff: true });
    expect([made.status, made.json()]).toMatchObject([
      201,
      { email: 'made@example.com', isStaff: true, isSuperuser: false },
    ]);
    expect(made.text).not.toMatch(/argon|hash/i);
    const { id } = made.json<{ id: number }>();
    const held = (await world.login('made')).json<Held>();
    expect((await world.me(held)).status).toBe(200);
    expect((await root.patch(`${API}/users/${id}`, { password: 'password123' })).status).toBe(400);
    expect((await root.patch(`${API}/users/${id}`, { password: 'another fine horse' })).status).toBe(200);
    expect([(await world.me(held)).status, (await world.login('made')).status]).toEqual([401, 401]);
    const again = (await world.login('made', 'another fine horse')).json<Held>();
    expect((await root.patch(`${API}/users/${id}`, { isActive: false })).json()).toMatchObject({ isActive: false });
    expect([(await world.me(again)).status, (await world.refresh(again)).status]).toEqual([401, 401]);
    expect((await root.get(`${API}/users?isActive=false&search=made`)).json()).toMatchObject({ count: 1 });
    // An account that signs in by other means.
    expect((await root.patch(`${API}/users/${id}`, { isActive: true, password: null })).status).toBe(200);
    expect((await world.login('made', 'another fine horse')).status).toBe(401);
    const without = await root.post(`${API}/users`, { email: 'without@example.com', password: null });
    expect(without.status).toBe(201);
    expect((await root.delete(`${API}/users/${id}`)).status).toBe(204);
  });

  test('SEC-23: a permission that is taken away is gone at the next request', async () => {
    const ed = world.bearer(await world.hold('ed'));
    expect((await ed.post(`${API}/letters`, { title: 'One' })).status).toBe(201);
    await work(async () => (await Account.objects.getByEmail('ed@example.com'))?.setPermissions([]));
    expect((await ed.post(`${API}/letters`, { title: 'Two' })).status).toBe(403);
    await work(async () => {
      const { Group } = await import('@core-framework/auth');
      await (await Group.objects.get({ name: 'editors' })).addPermission('letters.create');
    });
    expect((await ed.post(`${API}/letters`, { title: 'Three' })).status).toBe(201);
    await work(async () => (await Account.objects.getByEmail('ed@example.com'))?.removeFromGroup('editors'));
    expect((await ed.post(`${API}/letters`, { title: 'Four' })).status).toBe(403);
  });

  test('SEC-24: 401, 403 and 404 mean what they say, and 401 says how to sign in', async () => {
    const none = await world.app.client.get(`${API}/letters`);
    const bad = await world.bearer({ access_token: 'x.y.z' }).get(`${API}/letters`);
    const alice = world.bearer(await world.hold('alice'));
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect([bad.status, bad.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    expect((await alice.get(`${API}/letters/statistics`)).status).toBe(403);
    expect((await alice.get(`${API}/letters/99999`)).status).toBe(404);
  });

  test('SEC-29: a superuser who was switched off has no rights', async () => {
    const root = await world.hold('root');
    expect((await world.bearer(root).get(`${API}/letters/statistics`)).status).toBe(200);
    await work(() => Account.objects.filter({ email: 'root@example.com' }).update({ isActive: false }));
    expect((await world.bearer(root).get(`${API}/letters/statistics`)).status).toBe(401);
    await work(() => Account.objects.filter({ email: 'root@example.com' }).update({ isActive: true }));
  });

  test('SEC-35: no token passes for one of another kind', async () => {
    const held = await world.hold('alice');
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'alice@example.com' });
    const reset = await world.mailedToken('alice@example.com');
    const tokens = { access: held.access_token, refresh: held.refresh_token, reset };
    const doors: Record<string, (token: string) => Promise<{ status: number }>> = {
      access: (access_token) => world.me({ access_token }),
      verify: (token) => world.app.client.post(`${API}/auth/verify-email`, { token: token.slice(0, 100) }),
      refresh: (refresh_token) => world.refresh({ refresh_token }),
      reset: (token) =>
        world.app.client.post(`${API}/auth/reset-password`, { token: token.slice(0, 100), password: PASSWORD }),
    };
    for (const [door, enter] of Object.entries(doors)) {
      for (const [kindOfToken, token] of Object.entries(tokens)) {
        const { status } = await enter(token);
        expect([door, kindOfToken, status < 300]).toEqual([door, kindOfToken, door === kindOfToken]);
      }
    }
  });

  test('SEC-36: a token counts only in one Authorization header', async () => {
    const { access_token: token } = await world.hold('alice');
    expect((await world.app.client.get(`${API}/auth/me?access_token=${token}`)).status).toBe(401);
    expect((await world.app.client.with({ authorization: `bEaReR ${token}` }).get(`${API}/auth/me`)).status).toBe(200);
    for (const header of [
      `Bearer ${token} `.padEnd(9000, 'x'),
      'Bearer',
      'Bearer ',
      `Bearer ${token} ${token}`,
      `Bearer,${token}`,
      `Basic ${token}`,
    ]) {
      expect((await world.app.client.with({ authorization: header }).get(`${API}/auth/me`)).status).toBe(401);
    }
  });

  test('SEC-36: a token in a body, in a second header or in one of 16 kB lets nobody in', async () => {
    const held = await world.hold('alice');
    const token = held.access_token;
    for (const name of ['access_token', 'token', 'authorization']) {
      const answer = await world.app.client.post(`${API}/letters`, { title: 'x', [name]: token });
      expect([name, answer.status]).toEqual([name, 401]);
    }
    const form = `access_token=${token}&title=x`;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect([401, 415]).toContain((await world.app.client.post(`${API}/letters`, form, { headers: type })).status);
    // Of two headers a test without a connection sends one.
    await world.app.nest.listen(0, '127.0.0.1');
    const { port } = world.app.nest.getHttpServer().address() as AddressInfo;
    const ask = (...values: string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = ['host', 'localhost', ...values.flatMap((value) => ['authorization', value])];
        const options = { port, host: '127.0.0.1', path: `${API}/auth/me`, headers, agent: false };
        get(options, (answer) => (answer.resume(), resolve(answer.statusCode))).on('error', reject);
      });
    const bearer = `Bearer ${token}`;
    expect([
      await ask(bearer),
      await ask(bearer, bearer),
      await ask(bearer, 'Bearer x'),
      await ask('Basic x', bearer),
    ]).toEqual([200, 400, 400, 400]);
    expect(await ask(`Bearer ${'x'.repeat(17_000)}`)).toBe(431);
  });

  test('SEC-38 and SEC-39: all tokens end with the password, and whoever changes it gets new ones', async () => {
    const [here, there] = [await world.hold('bob'), await world.hold('bob')];
    const wrong = await world
      .bearer(here)
      .post(`${API}/auth/password`, { currentPassword: 'wrong', newPassword: 'a better horse' });
    expect([wrong.status, wrong.json()]).toMatchObject([
      400,
      { detail: 'Current password is incorrect.', errors: { currentPassword: [{ code: 'invalid_password' }] } },
    ]);
    const common = await world
      .bearer(here)
      .post(`${API}/auth/change-password`, { currentPassword: PASSWORD, newPassword: 'password123' });
    expect(common.status).toBe(400);
    const changed = await world
      .bearer(here)
      .post(`${API}/auth/password`, { currentPassword: PASSWORD, newPassword: 'a better horse' });
    expect([changed.status, changed.json()]).toMatchObject([
      200,
      { message: 'Password changed successfully', token_type: 'bearer' },
    ]);
    for (const held of [here, there]) {
      expect([(await world.me(held)).status, (await world.refresh(held)).status]).toEqual([401, 401]);
    }
    const fresh = changed.json<Held>();
    expect([(await world.me(fresh)).status, (await world.refresh(fresh)).status]).toEqual([200, 200]);
    expect([(await world.login('bob')).status, (await world.login('bob', 'a better horse')).status]).toEqual([
      401, 200,
    ]);
    await work(async () => {
      const bob = (await Account.objects.getByEmail('bob@example.com'))!;
      await bob.setPassword(PASSWORD);
      await bob.save();
    });
  });

  test('SEC-38 and SEC-39: access and refresh tokens end at once with whatever ends a session', async () => {
    // What is refused is not refused for its age.
    world.app.clock.set('2026-05-01T12:00:00Z');
    const root = world.bearer(await world.hold('root'));
    const client = (held: Held) => world.bearer(held);
    const endings: Record<string, (held: Held, id: number) => Promise<unknown>> = {
      logout: (held) => client(held).post(`${API}/auth/logout`),
      'the end of one session': async (held, id) => {
        const other = client((await world.login(`eve${id}`)).json<Held>());
        const list = (await other.get(`${API}/auth/sessions`)).json<{ id: string; isCurrent: boolean }[]>();
        await other.delete(`${API}/auth/sessions/${list.find(({ isCurrent }) => !isCurrent)?.id}`);
        expect((await world.me(held)).status).toBe(401);
      },
      'the end of all others': async (_held, id) =>
        client((await world.login(`eve${id}`)).json<Held>()).post(`${API}/auth/sessions/revoke-others`),
      'another password': (held) =>
        client(held).post(`${API}/auth/password`, { currentPassword: PASSWORD, newPassword: 'a better horse' }),
      'a reset': async (_held, id) => {
        await world.app.client.post(`${API}/auth/forgot-password`, { email: `eve${id}@example.com` });
        const token = await world.mailedToken(`eve${id}@example.com`);
        await world.app.client.post(`${API}/auth/reset-password`, { token, password: 'a better horse' });
      },
      'a password that a superuser sets': (_held, id) =>
        root.patch(`${API}/users/${id}`, { password: 'a better horse' }),
      'an account that is switched off': (_held, id) => root.patch(`${API}/users/${id}`, { isActive: false }),
      'a superuser who ends all': (_held, id) => root.post(`${API}/users/${id}/revoke-sessions`),
      'an account that a superuser deletes': (_held, id) => root.delete(`${API}/users/${id}`),
      'an account that is deleted': (held) =>
        client(held).delete(`${API}/auth/me`, { body: { currentPassword: PASSWORD } }),
    };
    for (const [what, end] of Object.entries(endings)) {
      const { id } = await work(async () => {
        const eve = await Account.objects.createUser({ email: 'eve@example.com', password: PASSWORD });
        eve.email = `eve${eve.id}@example.com`;
        await eve.save();
        return eve;
      });
      const held = (await world.login(`eve${id}`)).json<Held>();
      const stateless = await work(async () =>
        world.app.nest.get(Tokens).createAccessToken({ user: await Account.objects.get({ id }) }),
      );
      expect([what, (await world.me(held)).status]).toEqual([what, 200]);
      await end(held, id);
      expect([what, (await world.me(held)).status, (await world.refresh(held)).status]).toEqual([what, 401, 401]);
      // A token without a session ends with all of the user's.
      const { status } = await world.me({ access_token: stateless });
      expect([what, status]).toEqual([what, /logout|session|others/.test(what) ? 200 : 401]);
    }
    world.app.clock.reset();
  });

  test('SEC-22 and SEC-38: only superusers end the sessions of others, and it is told', async () => {
    const alice = world.bearer(await world.hold('alice'));
    const [one, two] = [await world.hold('bob'), await world.hold('bob')];
    const { id } = (await world.me(one)).json<{ id: number }>();
    expect((await alice.post(`${API}/users/${id}/revoke-sessions`)).status).toBe(403);
    expect((await world.app.client.post(`${API}/users/${id}/revoke-sessions`)).status).toBe(401);
    const root = world.bearer(await world.hold('root'));
    const ended = await root.post(`${API}/users/${id}/revoke-sessions`);
    expect([ended.status, ended.json<{ revoked: number }>().revoked]).toEqual([200, expect.any(Number)]);
    expect(ended.json<{ revoked: number }>().revoked).toBeGreaterThanOrEqual(2);
    expect([(await world.me(one)).status, (await world.me(two)).status]).toEqual([401, 401]);
    expect((await root.post(`${API}/users/99999/revoke-sessions`)).status).toBe(404);
    expect((await world.login('bob')).status).toBe(200);
    const [event] = await work(() =>
      AuthEvent.objects
        .filter({ name: 'authn_token_revoked', userId: String(id) })
        .orderBy('-createdAt')
        .all(),
    );
    expect(event?.detail).toMatchObject({ by: expect.any(String), revoked: expect.any(Number) });
  });

  test('a link is not used up by a reset that could not be done', async () => {
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'bob@example.com' });
    const token = await world.mailedToken('bob@example.com');
    const reset = () => world.app.client.post(`${API}/auth/reset-password`, { token, password: PASSWORD });
    const hash = world.app.nest.get(Hash);
    const make = hash.make.bind(hash);
    hash.make = () => Promise.reject(new ServiceUnavailableException('Too many sign-ins at once.'));
    expect((await reset()).status).toBe(503);
    hash.make = make;
    expect([(await reset()).status, (await reset()).status]).toEqual([200, 400]);
  });

  test('a password is reset by a mailed link, once, which ends all sessions', async () => {
    const held = await world.hold('alice');
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'alice@example.com' });
    const older = await world.mailedToken('alice@example.com');
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'ALICE@example.com' });
    const token = await world.mailedToken('alice@example.com');
    const reset = (value: unknown, password: unknown = PASSWORD) =>
      world.app.client.post(`${API}/auth/reset-password`, { token: value, password });
    for (const value of [older, '', 'x', { $ne: null }, null, undefined, [token]])
      expect((await reset(value)).status).toBe(400);
    expect((await reset(token, 'short')).status).toBe(400);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => reset(token)));
    expect(outcomes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400, 400, 400]);
    expect([(await world.me(held)).status, (await world.refresh(held)).status]).toEqual([401, 401]);
    expect((await world.login('alice')).status).toBe(200);
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'alice@example.com' });
    const late = await world.mailedToken('alice@example.com');
    world.app.clock.advance({ hours: 2 });
    expect((await reset(late)).status).toBe(400);
    world.app.clock.reset();
  });

  test('SEC-06: whoever asks for a link learns nothing, and only who has an account gets a mail', async () => {
    const before = world.mails.outbox.length;
    const answers = [];
    for (const name of ['alice', 'nobody', 'ivy'])
      answers.push(await world.app.client.post(`${API}/auth/forgot-password`, { email: `${name}@example.com` }));
    for (const { status, text } of answers) expect([status, text]).toEqual([202, '']);
    await world.mailedToken('alice@example.com');
    expect(world.mails.outbox.length - before).toBe(1);
  });

  test('SEC-06: the answer waits for no mail, and is the same while none can be sent', async () => {
    const sender = world.mails;
    const send = sender.send.bind(sender);
    const gate = Promise.withResolvers<void>();
    sender.send = async (mail) => (await gate.promise, send(mail));
    const answers = [];
    for (const name of ['bob', 'nobody', 'ivy', 'nopass']) {
      answers.push(await world.app.client.post(`${API}/auth/forgot-password`, { email: `${name}@example.com` }));
    }
    sender.send = send;
    gate.resolve();
    for (const { status, text, headers } of answers) {
      expect([status, text, stable(headers)]).toEqual([202, '', stable(answers[0]!.headers)]);
    }
    await sender.settled();
  });

  test('SEC-43: a session that a client names is not taken, and whoever shows a token gets a session of his own', async () => {
    const held = await world.hold('alice');
    const sessionOf = ({ access_token: token }: Held) =>
      (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
    const sid = sessionOf(held);
    const login = { email: 'alice@example.com', password: PASSWORD };
    for (const name of ['sid', 'sessionId', 'session_id']) {
      expect((await world.app.client.post(`${API}/auth/login`, { ...login, [name]: sid })).status).toBe(400);
    }
    const headers = { cookie: `sid=${sid}; session=${sid}; connect.sid=${sid}`, 'x-session-id': sid };
    const again = await world.bearer(held).post(`${API}/auth/login`, login, { headers });
    expect([again.status, sessionOf(again.json<Held>()) === sid]).toEqual([200, false]);
    expect((await world.me(held)).status).toBe(200);
  });

  test('SEC-43 and SEC-44: each sign-in is a session of its own, which only its owner sees and ends', async () => {
    const [one, two, other] = [await world.hold('alice'), await world.hold('alice'), await world.hold('bob')];
    const list = (await world.bearer(one).get(`${API}/auth/sessions`)).json<{ id: string; isCurrent: boolean }[]>();
    expect(list.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
    expect(JSON.stringify(list)).not.toMatch(/token|hash|eyJ/i);
    const foreign = (await world.bearer(other).get(`${API}/auth/sessions`)).json<{ id: string }[]>();
    expect(list.some(({ id }) => foreign.some((session) => session.id === id))).toBe(false);
    expect((await world.bearer(one).delete(`${API}/auth/sessions/${foreign[0]!.id}`)).status).toBe(404);
    expect((await world.bearer(one).delete(`${API}/auth/sessions/nonsense`)).status).toBe(404);
    expect((await world.me(other)).status).toBe(200);
    expect((await world.bearer(one).post(`${API}/auth/sessions/revoke-others`)).json()).toEqual({
      revoked: list.length - 1,
    });
    expect([(await world.me(one)).status, (await world.me(two)).status]).toEqual([200, 401]);
    const [current] = (await world.bearer(one).get(`${API}/auth/sessions`)).json<{ id: string }[]>();
    expect((await world.bearer(one).delete(`${API}/auth/sessions/${current!.id}`)).status).toBe(204);
    expect((await world.me(one)).status).toBe(401);
  });

  test('SEC-45: answers with tokens are kept by nobody', async () => {
    const signedIn = await world.login('alice');
    const refreshed = await world.refresh(signedIn.json<Held>());
    const held = refreshed.json<Held>();
    const passwords = { currentPassword: PASSWORD, newPassword: PASSWORD };
    const changed = await world.bearer(held).post(`${API}/auth/password`, passwords);
    const key = await world.bearer(changed.json<Held>()).post(`${API}/auth/api-keys`, { name: 'CI' });
    expect([changed.status, key.status]).toEqual([200, 201]);
    for (const { headers } of [signedIn, refreshed, changed, key]) {
      expect(headers['cache-control']).toBe('no-store');
      expect(JSON.stringify(headers)).not.toContain('eyJ');
    }
  });

  test('SEC-59 and SEC-65: what no database stores, operators, and what is no text, is refused at each endpoint', async () => {
    const alice = world.bearer(await world.hold('alice'));
    const members: Readonly<Record<string, readonly string[]>> = {
      login: ['email', 'username', 'password', 'backend'],
      'cookie/login': ['email', 'password'],
      register: ['email', 'password', 'firstName'],
      refresh: ['refresh_token'],
      'forgot-password': ['email'],
      'reset-password': ['token', 'password'],
      'verify-email': ['token'],
      'verify-email/request': ['email'],
      password: ['currentPassword', 'newPassword'],
      email: ['email'],
      'email/confirm': ['token'],
      reauthenticate: ['currentPassword'],
      '2fa/totp/confirm': ['code'],
      '2fa/verify': ['mfaToken', 'code'],
      'cookie/2fa/verify': ['mfaToken', 'code'],
      'oauth/token': ['code'],
      'cookie/oauth/token': ['code'],
    };
    const good = { email: 'alice@example.com', password: PASSWORD, token: 'x', newPassword: 'a fine new horse' };
    const operators = [{ $ne: null }, { $gt: 0 }, { $like: '%' }, { $in: ['x'] }, { id: { $gt: 0 } }];
    for (const [path, names] of Object.entries(members)) {
      const others = Object.fromEntries(names.map((name) => [name, good[name as 'token'] ?? 'x']));
      for (const name of names) {
        // Passwords are bytes to be hashed, which may be any text.
        const texts = /password/i.test(name) ? [] : ['a\0b', '\ud800'];
        for (const value of [...operators, ['x'], 7, ...texts]) {
          const body = JSON.stringify({ ...others, [name]: value });
          const headers = { 'content-type': 'application/json' };
          const { status, text } = await alice.post(`${API}/auth/${path}`, body, { headers });
          expect([path, name, value, status]).toEqual([path, name, value, 400]);
          expect(text).not.toMatch(/select|sqlite|postgres|\.ts:/i);
        }
      }
    }
  });

  test('SEC-90: what happened to accounts is recorded, with who and where', async () => {
    const names = await work(() => AuthEvent.objects.values('name', 'userId', 'ip'));
    const recorded = new Set(names.map(({ name }) => name));
    for (const name of [
      'authn_login_success',
      'authn_login_fail',
      'authn_logout',
      'authn_password_change',
      'authz_change',
      'authn_password_reset',
      'authn_token_revoked',
      'user_created',
      'user_updated',
      'user_deleted',
    ]) {
      expect([...recorded]).toContain(name);
    }
    // The suite gives rights itself, without a client.
    const asked = names.filter(({ name }) => name !== 'authz_change');
    expect(asked.every(({ ip }) => ip === '127.0.0.1')).toBe(true);
  });

  test('SEC-46: no table holds a password, or a token that was handed out', async () => {
    const dump = await work(async () => {
      const { OneTimeToken, RefreshToken } = await import('@core-framework/auth');
      const tables = [Account, Session, RefreshToken, OneTimeToken, AuthEvent, Letter];
      const rows = [];
      for (const table of tables) rows.push(await table.objects.values());
      return JSON.stringify(rows);
    });
    expect(world.secrets.length).toBeGreaterThan(20);
    for (const secret of world.secrets.filter((one) => one !== '')) expect(dump.includes(secret)).toBe(false);
  });
});

describe.each(kinds)('accounts that have to be confirmed, on %s', (kind) => {
  let world: AccountsApp;
  beforeAll(async () => void (world = await AccountsApp.start(kind, { AUTH_REQUIRE_VERIFICATION: 'true' })));
  afterAll(() => world?.[Symbol.asyncDispose]());

  test('SEC-04: registrations of one address that arrive together are answered alike, whether it was free or taken', async () => {
    const answersOf = async (email: string) => {
      const tries = Array.from({ length: 5 }, () =>
        world.app.client.post(`${API}/auth/register`, { email, password: PASSWORD }),
      );
      return (await Promise.all(tries)).map(({ status, text }) => `${status} ${text}`);
    };
    const told = await answersOf('zoe@example.com');
    expect(new Set(told).size).toBe(1);
    expect(await answersOf('alice@example.com')).toEqual(told);
    expect(await world.app.work(() => Account.objects.filter({ email: 'zoe@example.com' }).count())).toBe(1);
  });

  test('SEC-04: registering does not tell who has an account; the owner gets a mail', async () => {
    const register = (email: string) => world.app.client.post(`${API}/auth/register`, { email, password: PASSWORD });
    const hash = world.app.nest.get(Hash);
    const make = hash.make.bind(hash);
    let made = 0;
    hash.make = (password) => ((made += 1), make(password));
    const known = await register('alice@example.com');
    const ofKnown = made;
    const unknown = await register('fresh@example.com');
    hash.make = make;
    // It takes as long, too.
    expect([ofKnown, made - ofKnown]).toEqual([1, 1]);
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(known.status).toBe(201);
    await world.mailedToken('fresh@example.com');
    expect(world.mails.lastTo('alice@example.com')?.subject).toContain('You already have an account');
    expect(world.mails.lastTo('fresh@example.com')?.subject).toContain('Confirm your e-mail address');
  });

  test('nobody gets in before the address is confirmed, and a link confirms it once', async () => {
    await world.app.client.post(`${API}/auth/register`, { email: 'late@example.com', password: PASSWORD });
    const first = await world.mailedToken('late@example.com');
    const early = await world.login('late');
    expect([early.status, early.json()]).toMatchObject([403, { code: 'email_not_verified' }]);
    expect((await world.login('late', 'wrong horse battery')).status).toBe(401);
    expect(
      (await world.app.client.post(`${API}/auth/request-verify-token`, { email: 'late@example.com' })).status,
    ).toBe(202);
    const token = await world.mailedToken('late@example.com');
    const verify = (value: string) => world.app.client.post(`${API}/auth/verify-email`, { token: value });
    expect((await verify(first)).status).toBe(400);
    expect([(await verify(token)).status, (await verify(token)).status]).toEqual([200, 400]);
    expect((await world.login('late')).status).toBe(200);
  });
});
