import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AccountsApp, API, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

describe.each(await databaseKinds())('tries of passwords on %s', (kind) => {
  let world: AccountsApp;
  beforeEach(async () => {
    world = await AccountsApp.start(kind, { AUTH_THROTTLE_ENABLED: 'true', TRUST_PROXY: '127.0.0.1' });
    world.app.clock.set('2026-05-01T12:00:00Z');
  });
  afterEach(() => world?.[Symbol.asyncDispose]());
  const from = (ip: string) => ({ 'x-forwarded-for': ip });

  test('SEC-07: are limited for an account, from wherever they come; the right one waits as well', async () => {
    const statuses = [];
    for (let n = 1; n <= 6; n++) statuses.push((await world.login('alice', 'wrong', from(`192.0.2.${n}`))).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await world.login('alice', PASSWORD, from('192.0.2.99'));
    expect([right.status, Number(right.headers['retry-after'])]).toEqual([429, 300]);
    expect((await world.login('bob', PASSWORD, from('192.0.2.99'))).status).toBe(200);
    world.app.clock.advance({ minutes: 6 });
    expect((await world.login('alice')).status).toBe(200);
  });

  test('SEC-07: are limited for a client, whatever accounts it tries; those that succeed do not count', async () => {
    for (let n = 0; n < 15; n++) expect((await world.login('bob')).status).toBe(200);
    const statuses = [];
    for (let n = 1; n <= 11; n++) statuses.push((await world.login(`nobody${n}`, 'wrong')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await world.login('bob')).status).toBe(429);
    expect((await world.login('bob', PASSWORD, from('192.0.2.1'))).status).toBe(200);
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
    for (const [path, body] of [
      ['register', { email: 'alice@example.com', password: PASSWORD }],
      ['refresh', { refresh_token: 'x' }],
      ['reset-password', { token: 'x', password: PASSWORD }],
      ['verify-email', { token: 'x' }],
      ['forgot-password', { email: 'nobody@example.com' }],
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
