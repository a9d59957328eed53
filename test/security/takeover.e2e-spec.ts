import { ApiKeys, AuthEvent, AuthHooks, Hash, OAuthAccount, OAuthAccounts } from '@core-framework/auth';
import { ServiceUnavailableException } from '@core-framework/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

const CLIENT = { ip: null, userAgent: null, requestId: null };
const NEXT = 'a fine new horse';

describe.each(await databaseKinds())('ways into an account that is not one’s own, on %s', (kind) => {
  let world: AccountsApp;
  beforeAll(async () => void (world = await AccountsApp.start(kind, { TRUST_PROXY: 'true' })));
  afterAll(() => world?.[Symbol.asyncDispose]());

  const work = <T>(run: () => Promise<T>) => world.app.work(run);
  const post = (path: string, body: object) => world.app.client.post(`${API}/auth/${path}`, body);
  const create = (name: string, values: object = {}) =>
    work(() => Account.objects.createUser({ email: `${name}@example.com`, password: PASSWORD, ...values }));
  const askForReset = async (name: string) => {
    await post('forgot-password', { email: `${name}@example.com` });
    return world.mailedToken(`${name}@example.com`);
  };
  const linkTo = (user: Account, subject: string, emailVerified = false) =>
    work(() =>
      OAuthAccount.objects.createRow({
        user: user.id,
        provider: 'acme',
        issuer: 'https://acme.example',
        subject,
        email: user.email,
        emailVerified,
        tokens: null,
        createdAt: new Date(),
        lastUsedAt: new Date(),
      }),
    );
  /** Whom a provider's account with that address signs in. */
  const arrive = (subject: string, email: string) =>
    work(() =>
      world.app.nest.get(OAuthAccounts).userOf(
        {
          provider: { name: 'acme', issuer: 'https://acme.example', clientId: 'x' },
          profile: { subject, email, emailVerified: true, claims: {} },
          tokens: null,
        },
        CLIENT,
      ),
    );

  test('SEC-76: who asked for another address with a password that was changed since does not get the account', async () => {
    await create('carla');
    for (const end of ['changed', 'reset', 'set by a superuser'] as const) {
      const thief = world.bearer((await world.login('carla')).json());
      expect((await thief.post(`${API}/auth/email`, { email: 'thief@example.com' })).status).toBe(202);
      const token = await world.mailedToken('thief@example.com');
      if (end === 'changed') await thief.post(`${API}/auth/password`, { currentPassword: PASSWORD, newPassword: NEXT });
      else if (end === 'reset') {
        expect((await post('reset-password', { token: await askForReset('carla'), password: NEXT })).status).toBe(200);
      } else {
        const { id } = await work(() => Account.objects.get({ email: 'carla@example.com' }));
        const root = world.bearer(await world.hold('root'));
        expect((await root.patch(`${API}/users/${id}`, { password: NEXT })).status).toBe(200);
      }
      const confirmed = await post('email/confirm', { token });
      expect([end, confirmed.status, confirmed.json().code]).toEqual([end, 400, 'invalid_token']);
      await work(async () => {
        const carla = await Account.objects.get({ email: 'carla@example.com' });
        await carla.setPassword(PASSWORD);
        await carla.save();
      });
    }
  });

  test('SEC-76: a link for a new password is good no longer when there is one, whoever set it', async () => {
    await create('dora');
    const token = await askForReset('dora');
    const { id } = await work(() => Account.objects.get({ email: 'dora@example.com' }));
    const root = world.bearer(await world.hold('root'));
    expect((await root.patch(`${API}/users/${id}`, { password: NEXT })).status).toBe(200);
    expect((await post('reset-password', { token, password: PASSWORD })).status).toBe(400);
    expect((await world.login('dora', NEXT)).status).toBe(200);
  });

  test('a link for a new password stays good when there are too many to hash', async () => {
    await create('emma');
    const body = { token: await askForReset('emma'), password: NEXT };
    const hash = world.app.nest.get(Hash);
    const make = hash.make;
    hash.make = () => Promise.reject(new ServiceUnavailableException('Too many passwords wait.'));
    const busy = await post('reset-password', body);
    hash.make = make;
    expect([busy.status, (await post('reset-password', body)).status]).toEqual([503, 200]);
  });

  test('SEC-80: who opened an account with an address of somebody else is out when its owner takes it over', async () => {
    const victim = await create('fay');
    await linkTo(victim, 'of-the-thief');
    await linkTo(victim, 'of-the-owner', true);
    const { key } = await work(() => world.app.nest.get(ApiKeys).create(victim.id, { name: 'CI' }));
    const program = () => world.app.client.with({ 'x-api-key': key }).get(`${API}/auth/me`);
    expect((await program()).status).toBe(200);
    expect((await post('reset-password', { token: await askForReset('fay'), password: NEXT })).status).toBe(200);
    expect((await program()).status).toBe(401);
    const left = () => work(() => OAuthAccount.objects.where({ user: victim.id }).pluck('subject'));
    expect(await left()).toEqual(['of-the-owner']);
    // From then on they are his own.
    await linkTo(victim, 'made-later');
    expect((await post('reset-password', { token: await askForReset('fay'), password: PASSWORD })).status).toBe(200);
    expect(await left()).toHaveLength(2);
  });

  test('SEC-73 and SEC-80: an address that looks like another one is another one', async () => {
    const mike = await create('mike', { isVerified: true });
    for (const [n, lookAlike] of [
      'mi\u212ae@example.com',
      'm\u0131ke@example.com',
      'm\u0130ke@example.com',
    ].entries()) {
      const other = await arrive(`look-alike-${n}`, lookAlike);
      expect([lookAlike, other.id === mike.id]).toEqual([lookAlike, false]);
      const before = world.mails.outbox.length;
      expect((await post('forgot-password', { email: lookAlike })).status).toBe(202);
      await world.mails.settled();
      const [mail] = world.mails.outbox.slice(before);
      expect([lookAlike, mail?.to]).toEqual([lookAlike, other.email]);
    }
    expect((await arrive('his-own', 'MIKE@example.com')).id).toBe(mike.id);
  });

  test('SEC-73: however its address is written there is one account, and mails go to the address that is kept', async () => {
    await create('gina');
    const spellings = ['GINA@example.com', ' gina@EXAMPLE.com ', 'Gina@Example.Com'];
    for (const email of spellings) {
      const taken = await post('register', { email, password: NEXT });
      expect([email, taken.status, taken.json()]).toMatchObject([
        email,
        400,
        { errors: { email: [{ code: 'email_already_registered' }] } },
      ]);
      expect((await post('login', { email, password: PASSWORD })).status).toBe(200);
      const before = world.mails.outbox.length;
      await post('forgot-password', { email });
      await world.mails.settled();
      expect(world.mails.outbox.slice(before).map(({ to }) => to)).toEqual(['gina@example.com']);
    }
    for (const email of [
      'gina@example.com\nBcc: evil@example.com',
      'gina@example.com\r\nx: y',
      'gina@example.com,evil@x.yy',
    ]) {
      for (const path of ['register', 'forgot-password', 'verify-email/request']) {
        const refused = await post(path, { email, ...(path === 'register' && { password: NEXT }) });
        expect([path, email, refused.status]).toEqual([path, email, 400]);
      }
    }
  });

  test('of accounts elsewhere that are unlinked at once the last way in stays', async () => {
    const user = await create('hope', { password: null });
    for (let n = 0; n < 6; n++) await linkTo(user, `of-hope-${n}`);
    const ids = await work(() => OAuthAccount.objects.where({ user: user.id }).pluck('id'));
    const unlink = (id: number) => work(() => world.app.nest.get(OAuthAccounts).unlink(user, id, CLIENT));
    const outcomes = await Promise.allSettled(ids.map((id) => unlink(Number(id))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await work(() => OAuthAccount.objects.where({ user: user.id }).count())).toBe(1);
  });

  test('SEC-82: of keys that are made at once there are no more than the limit allows', async () => {
    const { id } = await create('iris');
    await work(async () => {
      for (let n = 0; n < 47; n++) await world.app.nest.get(ApiKeys).create(id, { name: `CI ${n}` });
    });
    const iris = world.bearer((await world.login('iris')).json());
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => iris.post(`${API}/auth/api-keys`, { name: 'x' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 201, 201, 409, 409, 409, 409, 409,
    ]);
  });

  test('SEC-84: of apps that are set up at once one is, and none fails', async () => {
    await create('jane');
    const jane = world.bearer((await world.login('jane')).json());
    const answers = await Promise.all(Array.from({ length: 8 }, () => jane.post(`${API}/auth/2fa/totp`)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(201));
  });

  test('SEC-90: a sign-in that fails is recorded with the account that was tried, and where what a client says is no address', async () => {
    const { id } = await create('kate');
    await work(() => AuthEvent.objects.delete());
    const addresses = { ['x'.repeat(300)]: null, 'fe80::1%eth0': 'fe80::1', '1.2.3.4': '1.2.3.4', "'": null };
    for (const from of Object.keys(addresses)) {
      expect([from, (await world.login('kate', 'wrong', { 'x-forwarded-for': from })).status]).toEqual([from, 401]);
    }
    await world.login('nobody', 'wrong');
    const rows = await work(() => AuthEvent.objects.orderBy('createdAt').values('name', 'ip', 'detail'));
    expect(rows).toHaveLength(5);
    for (const [from, ip] of Object.entries(addresses)) {
      expect([from, rows]).toEqual([
        from,
        expect.arrayContaining([{ name: 'authn_login_fail', ip, detail: { user: String(id) } }]),
      ]);
    }
    expect(rows.filter(({ detail }) => JSON.stringify(detail) === '{}')).toHaveLength(1);
  });

  test('what fails to be mailed, or a hook throws after the answer, fails no request', async () => {
    await create('lena');
    const { mails } = world;
    const send = mails.send;
    mails.send = () => {
      throw new Error('no server');
    };
    const lena = world.bearer((await world.login('lena')).json());
    const changed = await lena.post(`${API}/auth/password`, { currentPassword: PASSWORD, newPassword: NEXT });
    mails.send = send;
    expect(changed.status).toBe(200);
    const hooks = world.app.nest.get(AuthHooks);
    hooks.onAfterForgotPassword = () => Promise.reject(new Error('broken'));
    expect((await post('forgot-password', { email: 'lena@example.com' })).status).toBe(202);
    await world.mails.settled();
  });
});
