import { createPublicKey, generateKeyPairSync, type JsonWebKey, verify } from 'node:crypto';
import { AuthEvent, Tokens } from '@core-framework/auth';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Account, AccountsApp, API } from '../support/accounts-app.js';
import { databaseKinds } from '../support/databases.js';

const SECRET = 'a secret of order-api: 0123456789'.replaceAll(' ', '-');
const keyOf = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n');
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});
const partOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as unknown;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JWKS = '/.well-known/jwks.json';

describe.each(await databaseKinds())('tokens for other services on %s', (kind) => {
  let world: AccountsApp;
  beforeAll(async () => {
    world = await AccountsApp.start(kind, {
      AUTH_ALGORITHM: 'EdDSA',
      AUTH_SIGNING_KEY: keyOf(),
      AUTH_SIGNING_KEY_FALLBACKS: keyOf(),
      AUTH_TOKEN_AUDIENCE: 'shop',
      AUTH_CLIENTS: `order-api:${SECRET}`,
    });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  const ask = (what: 'introspect' | 'revoke', body: object, as: object = basic('order-api', SECRET)) =>
    world.app.client.post(`${API}/auth/token/${what}`, new URLSearchParams(body as never).toString(), {
      headers: { ...FORM, ...as },
    });
  const introspect = async (token: string, hint?: string) =>
    (await ask('introspect', { token, ...(hint && { token_type_hint: hint }) })).json<Record<string, unknown>>();

  test('the keys are published at the root, to be kept for some minutes, and verify access tokens alone', async () => {
    const answer = await world.app.client.get(JWKS);
    expect([answer.status, answer.headers['cache-control'], answer.headers['content-type']]).toEqual([
      200,
      'public, max-age=300',
      'application/jwk-set+json',
    ]);
    const { keys } = answer.json<{ keys: JsonWebKey[] }>();
    expect(keys).toEqual(
      Array.from({ length: 2 }, () => ({
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        alg: 'EdDSA',
        use: 'sig',
      })),
    );
    const held = await world.hold('alice');
    const [header = '', claims = '', signature = ''] = held.access_token.split('.');
    const [key] = keys.map((jwk) => createPublicKey({ key: jwk, format: 'jwk' }));
    expect(verify(null, Buffer.from(`${header}.${claims}`), key!, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(partOf(header)).toEqual({ alg: 'EdDSA', kid: keys[0]?.kid, typ: 'at+jwt' });
    expect(partOf(claims)).toMatchObject({ aud: 'shop', sub: String((await world.me(held)).json<Account>().id) });
    expect(partOf(held.refresh_token)).toEqual({ alg: 'HS256', typ: 'rt+jwt' });
    expect((await world.refresh(held)).status).toBe(200);
  });

  test('a service is told of tokens that are in force, and of others nothing', async () => {
    const held = await world.hold('alice');
    const { sub, ...told } = await introspect(held.access_token);
    expect(told).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: expect.any(String),
      aud: 'shop',
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      sid: expect.any(String),
    });
    expect(sub).toEqual(expect.any(String));
    expect(await introspect(held.refresh_token)).toEqual({ active: false });
    expect(await introspect(held.refresh_token, 'refresh_token')).toMatchObject({ active: true, sub });
    expect(await introspect(held.access_token, 'refresh_token')).toEqual({ active: false });
    await world.refresh(held);
    expect(await introspect(held.refresh_token, 'refresh_token')).toEqual({ active: false });
    const answer = await ask('introspect', { token: held.access_token });
    expect(answer.headers['cache-control']).toBe('no-store');

    await world.bearer(held).post(`${API}/auth/logout`);
    for (const token of [held.access_token, 'nonsense', `${held.access_token}x`, '\0', 'x'.repeat(16_000)]) {
      const { status, text } = await ask('introspect', { token });
      expect([200, 400]).toContain(status);
      if (status === 200) expect(text).toBe('{"active":false}');
    }
    const limited = await world.app.work(async () => {
      const user = await Account.objects.get({ email: 'bob@example.com' });
      return world.app.nest.get(Tokens).createAccessToken({ user, scopes: ['letters.read'] });
    });
    expect(await introspect(limited)).toMatchObject({ active: true, scope: 'letters.read' });
    await world.app.work(() => Account.objects.filter({ email: 'bob@example.com' }).update({ isActive: false }));
    expect(await introspect(limited)).toEqual({ active: false });
    await world.app.work(() => Account.objects.filter({ email: 'bob@example.com' }).update({ isActive: true }));
  });

  test('a service ends the session of a token, and is told the same of one that is none', async () => {
    for (const which of ['access_token', 'refresh_token'] as const) {
      const held = await world.hold('alice');
      const other = await world.hold('alice');
      expect((await ask('revoke', { token: held[which] })).status).toBe(200);
      expect([(await world.me(held)).status, (await world.refresh(held)).status]).toEqual([401, 401]);
      expect((await world.me(other)).status).toBe(200);
      const again = await ask('revoke', { token: held[which] });
      const none = await ask('revoke', { token: 'nonsense' });
      expect([again.status, again.text]).toEqual([200, none.text]);
      expect(none.status).toBe(200);
    }
    const events = await world.app.work(() => AuthEvent.objects.filter({ name: 'authn_token_revoked' }).all());
    expect(events.map(({ detail }) => detail)).toEqual([{ by: 'order-api' }, { by: 'order-api' }]);
    const stateless = await world.app.work(async () => {
      const user = await Account.objects.get({ email: 'bob@example.com' });
      return world.app.nest.get(Tokens).createAccessToken({ user });
    });
    const refused = await ask('revoke', { token: stateless });
    expect([refused.status, refused.json()]).toMatchObject([400, { code: 'unsupported_token_type' }]);
  });

  test.each(['introspect', 'revoke'] as const)('nobody but a service that is known may %s', async (what) => {
    const held = await world.hold('alice');
    const refusals = [
      {},
      basic('order-api', 'wrong'),
      basic('nobody', SECRET),
      basic('', ''),
      { authorization: 'Basic ****' },
      { authorization: 'Basic' },
      { authorization: `Bearer ${held.access_token}` },
    ];
    for (const as of refusals) {
      for (const token of [held.access_token, 'nonsense']) {
        const { status, headers, json } = await ask(what, { token }, as).then((answer) => ({
          status: answer.status,
          headers: answer.headers,
          json: answer.json<object>(),
        }));
        expect([status, json]).toMatchObject([401, { code: 'invalid_client' }]);
        expect(headers['www-authenticate']).toMatch(/^Basic /);
      }
    }
    const members = { token: held.access_token, client_id: 'order-api', client_secret: SECRET };
    const twice = await ask(what, members);
    expect([twice.status, twice.json()]).toMatchObject([400, { code: 'invalid_request' }]);
    expect((await world.me(held)).status).toBe(200);
    expect((await ask(what, members, {})).status).toBe(200);
    const json = await world.app.client.post(`${API}/auth/token/${what}`, members);
    expect(json.status).toBe(200);
    for (const body of [{}, { token: '' }, { token: 'x', more: '1' }]) {
      expect([400, 200]).toContain((await ask(what, body)).status);
    }
  });
});

test.each(await databaseKinds())(
  'SEC-11: guesses of a secret are limited, and do not lock the service out (%s)',
  async (kind) => {
    await using world = await AccountsApp.start(kind, {
      AUTH_THROTTLE_ENABLED: 'true',
      AUTH_CLIENTS: `order-api:${SECRET}`,
    });
    const ask = (secret: string) =>
      world.app.client.post(`${API}/auth/token/introspect`, { token: 'x' }, { headers: basic('order-api', secret) });
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push((await ask('wrong')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await ask(SECRET)).status).toBe(200);
    expect((await world.app.client.get(JWKS)).status).toBe(404);
  },
);
