import { AuthEvent } from '@core-framework/auth';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

describe.each(await databaseKinds())('tries of passwords on %s', (kind) => {
  let world: AccountsApp;
  beforeEach(async () => {
    world = await AccountsApp.start(kind, { AUTH_THROTTLE_ENABLED: 'true', TRUST_PROXY: '127.0.0.1' });
    world.app.clock.set('2026-05-01T12:00:00Z');
  });
  afterEach(() => world?.[Symbol.asyncDispose]());
  const from = (ip: string) => ({ 'x-forwarded-for': ip });

  test('SEC-07 and SEC-90: are limited for an account, from wherever they come; the right one waits as well', async () => {
    const statuses = [];
    for (let n = 1; n <= 6; n++) statuses.push((await world.login('alice', 'wrong', from(`192.0.2.${n}`))).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await world.login('alice', PASSWORD, from('192.0.2.99'));
    expect([right.status, Number(right.headers['retry-after'])]).toEqual([429, 300]);
    expect((await world.login('bob', PASSWORD, from('192.0.2.99'))).status).toBe(200);
    const { id } = await world.app.work(() => Account.objects.get({ email: 'alice@example.com' }));
    const recorded = await world.app.work(() =>
      AuthEvent.objects.filter({ name__startswith: 'authn_login_' }).orderBy('ip').values('name', 'ip', 'detail'),
    );
    const tries = [1, 2, 3, 4, 5].map((n) => ({
      name: n === 5 ? 'authn_login_lock' : 'authn_login_fail',
      ip: `192.0.2.${n}`,
      detail: { user: String(id) },
    }));
    expect(recorded.slice(0, 5)).toEqual(tries);
    world.app.clock.advance({ minutes: 6 });
    expect((await world.login('alice')).status).toBe(200);
  });

  test('SEC-07: are limited for a client, whatever accounts it tries; those that succeed do not count', async () => {
    for (let n = 0; n < 15; n++) expect((await world.login('bob')).status).toBe(200);
    const statuses = [];
    for (let n = 1; n <= 11; n++) statuses.push((await world.login(`nobody${n}`, 'wrong')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    const limited = await world.login('bob');
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '60']);
    expect((await world.login('bob', PASSWORD, from('192.0.2.1'))).status).toBe(200);
  });

  test('SEC-01: who is locked out is told the same, whether there is such an account or not', async () => {
    const answers = [];
    for (const [index, name] of ['alice', 'nobody', 'ivy', 'nopass'].entries()) {
      for (let n = 0; n < 5; n++) await world.login(name, 'wrong', from(`192.0.2.${index * 10 + n}`));
      for (const password of [PASSWORD, 'wrong']) {
        const { status, text, headers } = await world.login(name, password, from('192.0.2.99'));
        const body = text.replace(/"requestId":"[^"]*"/, '');
        answers.push({ status, body, wait: headers['retry-after'], names: Object.keys(headers).toSorted() });
      }
    }
    expect(answers[0]).toMatchObject({ status: 429, wait: '300' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('SEC-09: are counted by the connection, whatever headers and paths say, where no proxy is trusted', async () => {
    await using bare = await AccountsApp.start(kind, { AUTH_THROTTLE_ENABLED: 'true' });
    const login = (n: number, path = `${API}/auth/login`) =>
      bare.app.client.post(path, { email: `nobody${n}@example.com`, password: 'wrong' }, { headers: spoofed(n) });
    const spoofed = (n: number) => ({
      'x-forwarded-for': `192.0.2.${n}, 198.51.100.${n}`,
      forwarded: `for=192.0.2.${n}`,
      'x-real-ip': `192.0.2.${n}`,
      'x-client-ip': `192.0.2.${n}`,
      'cf-connecting-ip': `192.0.2.${n}`,
    });
    const statuses = [];
    for (let n = 1; n <= 11; n++) statuses.push((await login(n)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    for (const path of [
      `${API}/auth/login/`,
      `${API}//auth//login`,
      `/${API}/auth/login`,
      `${API}/%61uth/login`,
      `${API}/auth/./login`,
      `${API}/AUTH/LOGIN`,
      `${API}/auth/login?x=1`,
      `${API}/auth/login;x=1`,
    ]) {
      const { status, text } = await login(50, path);
      const isTried = ![404, 429].includes(status) && !text.includes('not_authenticated');
      expect([path, isTried, status]).toEqual([path, false, status]);
    }
  });

  test('SEC-09: are counted together however account and client are spelt', async () => {
    const spellings = [
      'alice@example.com',
      'ALICE@EXAMPLE.COM',
      ' alice@example.com',
      'Alice@example.com ',
      'aLICE@example.com',
    ];
    for (const [index, email] of spellings.entries()) {
      await world.app.client.post(
        `${API}/auth/login${index % 2 ? '/' : ''}`,
        { email, password: 'wrong' },
        { headers: from(`192.0.2.${index}`) },
      );
    }
    for (const path of ['login', 'login/', 'login/json', 'jwt/login', 'jwt/login/']) {
      expect(
        (
          await world.app.client.post(
            `${API}/auth/${path}`,
            { email: 'alice@example.com', password: PASSWORD },
            { headers: from('192.0.2.77') },
          )
        ).status,
      ).toBe(429);
    }
    for (let n = 0; n < 10; n++) await world.login(`nobody${n}`, 'wrong', from(`2001:db8::${n}`));
    expect((await world.login('bob', PASSWORD, from('2001:db8:0:0:ffff::1'))).status).toBe(429);
    expect((await world.login('bob', PASSWORD, from('2001:db8:0:1::1'))).status).toBe(200);
    const untrusted = { forwarded: 'for=198.51.100.1', 'x-real-ip': '198.51.100.1', ...from('2001:db8::1') };
    expect((await world.login('bob', PASSWORD, untrusted)).status).toBe(429);
  });

  test('an address that is none, which a proxy passed on, fails nothing', async () => {
    for (const address of ['unknown', '_hidden', "' or 1=1 --", 'x'.repeat(500), '[2001:db8::1]:443']) {
      const statuses = [(await world.login('alice', 'wrong', from(address))).status];
      statuses.push((await world.login('bob', PASSWORD, from(address))).status);
      expect([address, ...statuses]).toEqual([address, 401, 200]);
    }
    const ips = await world.app.work(() => AuthEvent.objects.pluck('ip'));
    expect(new Set(ips)).toEqual(new Set([null, '2001:db8::1']));
  });

  test('SEC-11: asking again for the password, registering, refreshing, resetting and mails are limited, too', async () => {
    const held = await world.hold('alice');
    const statuses = [];
    for (let n = 0; n < 6; n++) {
      statuses.push(
        (
          await world
            .bearer(held)
            .post(`${API}/auth/password`, { currentPassword: 'wrong', newPassword: 'a better horse' })
        ).status,
      );
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
    // One counter of the account: by whatever door its password is guessed.
    const guess = { currentPassword: PASSWORD };
    expect((await world.bearer(held).post(`${API}/auth/reauthenticate`, guess)).status).toBe(429);
    expect((await world.bearer(held).delete(`${API}/auth/me`, { body: guess })).status).toBe(429);
    for (const path of ['login', 'cookie/login']) {
      const form = { email: 'alice@example.com', password: PASSWORD };
      const answer = await world.app.client.post(`${API}/auth/${path}`, form, { headers: from('192.0.2.88') });
      expect([path, answer.status]).toEqual([path, 429]);
    }
    for (const [path, body] of [
      ['register', { email: 'alice@example.com', password: PASSWORD }],
      ['refresh', { refresh_token: 'x' }],
      ['reset-password', { token: 'x', password: PASSWORD }],
      ['verify-email', { token: 'x' }],
      ['forgot-password', { email: 'nobody@example.com' }],
      ['email/confirm', { token: 'x' }],
      ['oauth/token', { code: 'x' }],
    ] as const) {
      const answers = [];
      for (let n = 0; n < 21; n++) answers.push((await world.app.client.post(`${API}/auth/${path}`, body)).status);
      expect([path, answers.at(-2) === 429, answers.at(-1)]).toEqual([path, false, 429]);
    }
    for (let n = 0; n < 8; n++)
      await world.app.client.post(
        `${API}/auth/forgot-password`,
        { email: 'bob@example.com' },
        { headers: from(`192.0.2.${n}`) },
      );
    await world.mailedToken('bob@example.com');
    expect(world.mails.outbox.filter(({ to }) => to === 'bob@example.com')).toHaveLength(5);
  });
});
