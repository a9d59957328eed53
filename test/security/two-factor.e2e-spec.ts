import { AuthEvent, MfaFactor, OneTimeTokens, RecoveryCode, TwoFactor } from '@core-framework/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API, type Held, PASSWORD } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';
import { totpCode } from '../support/totp-codes.js';

const TWO = `${API}/auth/2fa`;
const NOW = '2030-01-01T00:00:15Z';

interface Enabled {
  readonly secret: string;
  readonly recoveryCodes: string[];
  readonly held: Held;
}

describe.each(await databaseKinds())('two-factor authentication on %s', (kind) => {
  let world: AccountsApp;
  beforeAll(async () => void (world = await AccountsApp.start(kind)));
  afterAll(() => world?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    world.app.clock.set(NOW);
    await world.app.work(async () => {
      await MfaFactor.objects.delete();
      await RecoveryCode.objects.delete();
      await AuthEvent.objects.delete();
    });
  });

  const codeOf = (secret: string, steps = 0) =>
    totpCode(secret, new Date(world.app.clock.now().getTime() + steps * 30_000));
  const verify = (mfaToken: string, code: string) => world.app.client.post(`${TWO}/verify`, { mfaToken, code });
  async function enable(name: 'alice' | 'bob' = 'alice'): Promise<Enabled> {
    const held = await world.hold(name);
    const { secret } = (await world.bearer(held).post(`${TWO}/totp`)).json<{ secret: string }>();
    const answer = await world.bearer(held).post(`${TWO}/totp/confirm`, { code: codeOf(secret) });
    world.app.clock.advance({ seconds: 60 });
    const { recoveryCodes } = answer.json<{ recoveryCodes: string[] }>();
    world.secrets.push(secret, ...recoveryCodes);
    return { secret, recoveryCodes, held };
  }
  async function challenge(name = 'alice'): Promise<string> {
    const answer = await world.login(name);
    expect([answer.status, answer.json()]).toMatchObject([401, { code: 'mfa_required' }]);
    expect(answer.headers['cache-control']).toBe('no-store');
    return answer.json<{ detail: { mfaToken: string } }>().detail.mfaToken;
  }
  const events = () => world.app.work(() => AuthEvent.objects.orderBy('name').pluck('name'));

  test('an app is set up, confirmed by a code, and asked for from then on', async () => {
    const held = await world.hold('alice');
    const user = world.bearer(held);
    expect((await user.get(TWO)).json()).toEqual({ isEnabled: false, confirmedAt: null, recoveryCodesLeft: 0 });
    const enrolled = await user.post(`${TWO}/totp`);
    const { secret, uri } = enrolled.json<{ secret: string; uri: string }>();
    expect([enrolled.status, enrolled.headers['cache-control']]).toEqual([201, 'no-store']);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toMatch(/^otpauth:\/\/totp\/.*alice%40example\.com\?.*secret=/);
    expect((await world.login('alice')).status).toBe(200);

    const wrong = await user.post(`${TWO}/totp/confirm`, { code: '000000' });
    expect([wrong.status, wrong.json()]).toMatchObject([400, { code: 'invalid_code' }]);
    const confirmed = await user.post(`${TWO}/totp/confirm`, { code: codeOf(secret) });
    const { recoveryCodes } = confirmed.json<{ recoveryCodes: string[] }>();
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes) expect(code).toMatch(/^(?:[0-9a-z]{4}-){3}[0-9a-z]{4}$/);
    expect((await user.get(TWO)).json()).toEqual({
      isEnabled: true,
      confirmedAt: expect.any(String),
      recoveryCodesLeft: 10,
    });
    expect((await user.post(`${TWO}/totp`)).json()).toMatchObject({ code: 'two_factor_enabled' });
    expect((await user.post(`${TWO}/totp/confirm`, { code: codeOf(secret) })).status).toBe(409);
    expect(world.mails.lastTo('alice@example.com')?.subject).toMatch(/switched on/);

    world.app.clock.advance({ seconds: 60 });
    const answer = await verify(await challenge(), codeOf(secret));
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const sessions = await world.bearer(answer.json<Held>()).get(`${API}/auth/sessions`);
    expect(sessions.json<{ isCurrent: boolean }[]>().find(({ isCurrent }) => isCurrent)).toMatchObject({
      authMethods: ['password', 'otp'],
    });
  });

  test('SEC-84: a code is good once, one step to either side; the codes before it are not', async () => {
    const { secret } = await enable();
    const good = codeOf(secret);
    expect((await verify(await challenge(), good)).status).toBe(200);
    const again = await verify(await challenge(), good);
    expect([again.status, again.json()]).toMatchObject([401, { code: 'invalid_code' }]);
    expect((await verify(await challenge(), codeOf(secret, -1))).status).toBe(401);
    for (const [steps, status] of [
      [2, 401],
      [1, 200],
      [0, 401],
      [-2, 401],
    ] as const) {
      expect([steps, (await verify(await challenge(), codeOf(secret, steps))).status]).toEqual([steps, status]);
    }
    const outcomes = await (async () => {
      world.app.clock.advance({ minutes: 2 });
      const mfaToken = await challenge();
      const code = codeOf(secret);
      return Promise.all(Array.from({ length: 10 }, () => verify(mfaToken, code)));
    })();
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('SEC-84: recovery codes are good once, for their owner, however they are spelt', async () => {
    const { recoveryCodes, held } = await enable();
    const [first = '', second = '', third = ''] = recoveryCodes;
    expect((await verify(await challenge(), first)).status).toBe(200);
    expect((await verify(await challenge(), first)).status).toBe(401);
    expect((await verify(await challenge(), ` ${second.toUpperCase().replaceAll('-', ' ')} `)).status).toBe(200);
    expect((await world.bearer(held).get(TWO)).json()).toMatchObject({ recoveryCodesLeft: 8 });
    await enable('bob');
    expect((await verify(await challenge('bob'), third)).status).toBe(401);

    world.app.clock.set(NOW);
    const renewed = await world.bearer(held).post(`${TWO}/recovery-codes`);
    expect(renewed.json<{ recoveryCodes: string[] }>().recoveryCodes).toHaveLength(10);
    expect((await verify(await challenge(), third)).status).toBe(401);
    const codes = renewed.json<{ recoveryCodes: string[] }>().recoveryCodes;
    const mfaToken = await challenge();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => verify(mfaToken, codes[0] ?? '')));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('SEC-35: the token between the steps is good for five minutes, and for nothing else', async () => {
    const { secret, held } = await enable();
    const mfaToken = await challenge();
    expect((await world.me({ access_token: mfaToken })).status).toBe(401);
    expect((await world.refresh({ refresh_token: mfaToken })).status).toBe(401);
    for (const token of [held.access_token, held.refresh_token, '', 'x', `${mfaToken}x`]) {
      expect([400, 401]).toContain((await verify(token, codeOf(secret))).status);
    }
    for (const code of [undefined, '', 7, null, ['x'], { $ne: null }, '\0', 'x'.repeat(51)]) {
      expect([code, (await verify(mfaToken, code as string)).status]).toEqual([code, code === '' ? 401 : 400]);
    }
    world.app.clock.advance({ minutes: 6 });
    expect((await verify(mfaToken, codeOf(secret))).status).toBe(401);
    const fresh = await challenge();
    await world.app.work(() => Account.objects.filter({ email: 'alice@example.com' }).update({ isActive: false }));
    expect((await verify(fresh, codeOf(secret))).status).toBe(401);
    await world.app.work(() => Account.objects.filter({ email: 'alice@example.com' }).update({ isActive: true }));
    expect((await verify(fresh, codeOf(secret))).status).toBe(200);
  });

  test('SEC-35: of seven kinds of tokens none opens the door of another', async () => {
    const max = await world.app.work(() =>
      Account.objects.createUser({ email: 'max@example.com', password: PASSWORD }),
    );
    const open = world.app.client;
    const held = (await world.login('max')).json<Held>();
    const client = world.bearer(held);
    const { secret } = (await client.post(`${TWO}/totp`)).json<{ secret: string }>();
    await client.post(`${TWO}/totp/confirm`, { code: codeOf(secret) });
    world.app.clock.advance({ seconds: 60 });
    const mailed = async (path: string, email = max.email) => {
      await client.post(`${API}/auth/${path}`, { email });
      return world.mailedToken(email);
    };
    const tokens = {
      access: held.access_token,
      refresh: held.refresh_token,
      verify: await mailed('verify-email/request'),
      change: await mailed('email', 'maxim@example.com'),
      reset: await mailed('forgot-password'),
      mfa: await challenge('max'),
      code: await world.app.work(() => world.app.nest.get(OneTimeTokens).issue(max, 'oauth_sign_in', 5)),
    };
    const doors: Record<keyof typeof tokens, (token: string) => Promise<{ status: number }>> = {
      access: (access_token) => world.me({ access_token }),
      verify: (token) => open.post(`${API}/auth/verify-email`, { token }),
      mfa: (mfaToken) => verify(mfaToken, codeOf(secret)),
      code: (code) => open.post(`${API}/auth/oauth/token`, { code }),
      refresh: (refresh_token) => world.refresh({ refresh_token }),
      change: (token) => open.post(`${API}/auth/email/confirm`, { token }),
      reset: (token) => open.post(`${API}/auth/reset-password`, { token, password: 'a fine new horse' }),
    };
    for (const [door, enter] of Object.entries(doors)) {
      for (const [kindOfToken, token] of Object.entries(tokens)) {
        if (door === kindOfToken) continue;
        const { status } = await enter(token);
        expect([door, kindOfToken, [400, 401].includes(status) ? 'refused' : status]).toEqual([
          door,
          kindOfToken,
          'refused',
        ]);
      }
    }
    // None of them was used up by that. Who signs in elsewhere is asked for the second factor, too, and the former address resets nothing.
    const statuses: Record<string, number> = {};
    for (const [door, enter] of Object.entries(doors)) {
      statuses[door] = (await enter(tokens[door as keyof typeof tokens])).status;
    }
    const good = { access: 200, verify: 200, mfa: 200, refresh: 200, change: 200 };
    expect(statuses).toEqual({ ...good, code: 401, reset: 400 });
  });

  test('SEC-78: only who signed in a moment ago changes anything, and nobody for another', async () => {
    const { secret, held } = await enable();
    world.app.clock.advance({ minutes: 20 });
    const user = world.bearer(held);
    for (const [method, path] of [
      ['POST', 'totp'],
      ['POST', 'totp/confirm'],
      ['DELETE', 'totp'],
      ['POST', 'recovery-codes'],
    ] as const) {
      const answer = await user.request(method, `${TWO}/${path}`, {
        body: method === 'POST' ? { code: '1' } : undefined,
      });
      expect([answer.status, answer.json()]).toMatchObject([403, { code: 'reauthentication_required' }]);
      expect((await world.app.client.request(method, `${TWO}/${path}`)).status).toBe(401);
    }
    const again = (await verify(await challenge(), codeOf(secret))).json<Held>();
    expect((await world.bearer(again).delete(`${TWO}/totp`)).status).toBe(204);
    expect((await world.login('alice')).status).toBe(200);
    expect((await world.bearer(again).post(`${TWO}/recovery-codes`)).status).toBe(409);
    expect(await world.app.work(() => RecoveryCode.objects.count())).toBe(0);
    expect(world.mails.lastTo('alice@example.com')?.subject).toMatch(/switched off/);
  });

  test('SEC-77: a new password does not get past the second factor', async () => {
    const { secret, held } = await enable();
    const other = (await verify(await challenge(), codeOf(secret))).json<Held>();
    world.app.clock.advance({ seconds: 60 });
    await world.app.client.post(`${API}/auth/forgot-password`, { email: 'alice@example.com' });
    const token = await world.mailedToken('alice@example.com');
    const between = await challenge();
    const password = 'correct horse battery';
    const answer = await world.app.client.post(`${API}/auth/reset-password`, { token, password });
    expect([answer.status, answer.json()]).toEqual([200, { message: 'Password changed successfully' }]);
    expect(answer.headers['set-cookie']).toBeUndefined();
    for (const ended of [held, other]) {
      expect([(await world.me(ended)).status, (await world.refresh(ended)).status]).toEqual([401, 401]);
    }
    // Who passed the first step with the former password does not take the second one.
    expect((await verify(between, codeOf(secret))).status).toBe(401);
    expect(world.mails.lastTo('alice@example.com')?.subject).toMatch(/password was changed/);
    expect((await verify(await challenge(), codeOf(secret))).status).toBe(200);
  });

  test('SEC-46 and SEC-90: the audit trail tells what happened, and the tables hold no secret', async () => {
    const { secret, recoveryCodes } = await enable();
    await verify(await challenge(), '000000');
    await verify(await challenge(), codeOf(secret));
    await world.app.work(async () => {
      const user = await Account.objects.get({ email: 'alice@example.com' });
      expect(await world.app.nest.get(TwoFactor).disable(user)).toBe(true);
      expect(await world.app.nest.get(TwoFactor).disable(user)).toBe(false);
    });
    expect(await events()).toEqual([
      'authn_login_success',
      'authn_login_success',
      'authn_mfa_disabled',
      'authn_mfa_enabled',
      'authn_mfa_fail',
    ]);
    const { secret: kept } = await enable();
    const dump = await world.app.work(async () =>
      JSON.stringify([
        await MfaFactor.objects.values(),
        await RecoveryCode.objects.values(),
        await AuthEvent.objects.values(),
      ]),
    );
    for (const text of [secret, kept, ...recoveryCodes]) expect(dump).not.toContain(text);
  });
});

test.each(await databaseKinds())(
  'SEC-11: codes of the app and recovery codes are guessed on one account on %s, and success on another one does not help',
  async (kind) => {
    await using world = await AccountsApp.start(kind, {
      AUTH_THROTTLE_ENABLED: 'true',
      AUTH_CLIENT_RATE: '100/minute',
    });
    const held = await world.hold('alice');
    const { secret } = (await world.bearer(held).post(`${TWO}/totp`)).json<{ secret: string }>();
    const code = () => totpCode(secret, world.app.clock.now());
    world.app.clock.set(NOW);
    await world.bearer(await world.hold('alice')).post(`${TWO}/totp/confirm`, { code: code() });
    world.app.clock.advance({ minutes: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) {
      const { mfaToken } = (await world.login('alice')).json<{ detail: { mfaToken: string } }>().detail;
      const guess = n % 2 ? `000${n}00` : 'aaaa-bbbb-cccc-ddd0';
      statuses.push((await world.app.client.post(`${TWO}/verify`, { mfaToken, code: guess })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const { mfaToken } = (await world.login('alice')).json<{ detail: { mfaToken: string } }>().detail;
    expect((await world.app.client.post(`${TWO}/verify`, { mfaToken, code: code() })).status).toBe(429);
    world.app.clock.advance({ minutes: 6 });
    const later = (await world.login('alice')).json<{ detail: { mfaToken: string } }>().detail;
    const answer = await world.app.client.post(`${TWO}/verify`, { mfaToken: later.mfaToken, code: code() });
    expect(answer.status).toBe(200);
    expect(await world.app.work(() => AuthEvent.objects.filter({ name: 'authn_mfa_lock' }).count())).toBe(1);
  },
);
