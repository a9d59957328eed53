import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AccessTokenClaims,
  AuthModule,
  CallerForwarding,
  DerivedKeys,
  Hash,
  IsVerified,
  PermissionClaims,
  RequirePermission,
  RequireRole,
  type ResourceServerOptions,
  TokenPrincipal,
} from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { type TestApp } from '@core-framework/testing';
import {
  Action,
  type ActionContext,
  AllowAny,
  HasPermission,
  IsAdmin,
  PlainViewSet,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { Inject, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { Account, API, PASSWORD } from '../support/accounts-app.js';
import { type DatabaseKind, databaseKinds, SERVERS } from '../support/databases.js';

const SHARED = 'k7Rr2wq9Zb4nVx8sLm3tPd6yFh1cJg5e';
const NAMES = { AUTH_TOKEN_ISSUER: 'users', AUTH_TOKEN_AUDIENCE: 'shop' };

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: Account, tokenClaims: PermissionClaims }),
  ],
})
class UserApi {}

@ViewSet({ path: 'orders' })
class OrderViewSet extends PlainViewSet {
  constructor(@Inject(CallerForwarding) private readonly users: CallerForwarding) {
    super();
  }

  @Action({ permissions: [] })
  whoami({ principal }: ActionContext) {
    const { id, isSuperuser } = principal;
    return { id, isSuperuser, name: principal instanceof TokenPrincipal ? principal.claims.name : undefined };
  }

  @Action({ permissions: [HasPermission('orders.read'), RequirePermission('orders', 'read')] })
  read() {
    return {};
  }

  @Action({ permissions: [RequireRole('clerks'), IsVerified] })
  clerks() {
    return {};
  }

  @Action({ permissions: [IsAdmin] })
  admin() {
    return {};
  }

  @Action({ permissions: [AllowAny] })
  open() {
    return {};
  }

  @Action()
  async forward({ query }: ActionContext) {
    const answer = await this.users.fetch(String(query.to));
    return { status: answer.status, body: await answer.json() };
  }
}

function orderApi(options?: ResourceServerOptions) {
  @Module({
    imports: [
      SettingsModule.forRoot(),
      ViewSetModule.forRoot(),
      AuthModule.forResourceServer(options),
      ViewSetModule.forFeature([OrderViewSet]),
    ],
  })
  class OrderApi {}
  return OrderApi;
}

const orders = (options?: ResourceServerOptions, env: Record<string, string> = {}) =>
  createWatchedApp(orderApi(options), { database: false, env: { ...NAMES, ...env } });

async function users(kind: DatabaseKind, env: Record<string, string>): Promise<TestApp> {
  const app = await createWatchedApp(UserApi, { database: SERVERS[kind], env: { ...NAMES, ...env } });
  app.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 1000 });
  await app.work(async () => {
    const create = (name: string) =>
      Account.objects.createUser({ email: `${name}@example.com`, password: PASSWORD, isVerified: name === 'ed' });
    await create('alice');
    const ed = await create('ed');
    await ed.addToGroup('clerks');
    await ed.addPermission('orders.read');
    await Account.objects.createSuperuser({ email: 'root@example.com', password: PASSWORD });
  });
  return app;
}

async function tokenOf(app: TestApp, name: string, member = 'access_token'): Promise<string> {
  const answer = await app.client.post(`${API}/auth/login`, { email: `${name}@example.com`, password: PASSWORD });
  return answer.json<Record<string, string>>()[member] ?? '';
}

function ask(app: TestApp, token: string, path: string) {
  return app.client.with({ authorization: `Bearer ${token}` }).get(`${API}/orders/${path}`);
}

const pair = () => generateKeyPairSync('ed25519');
const pem = (key: ReturnType<typeof pair>['privateKey']) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

const ways = (await databaseKinds()).flatMap((kind) =>
  ['published keys', 'a shared secret'].map((how) => [how, kind] as const),
);

describe.each(ways)('a service without users, by %s of one that keeps them on %s', (how, kind) => {
  let issuer: TestApp;
  let service: TestApp;
  beforeAll(async () => {
    const signing = pair().privateKey;
    issuer = await users(
      kind,
      how === 'published keys'
        ? { AUTH_ALGORITHM: 'EdDSA', AUTH_SIGNING_KEY: pem(signing) }
        : { SECRET_KEY: SHARED, AUTH_ALGORITHM: 'HS384' },
    );
    const address = await issuer.listen();
    const env: Record<string, string> =
      how === 'published keys'
        ? { AUTH_JWKS_URL: `${address}/.well-known/jwks.json` }
        : { SECRET_KEY: SHARED, AUTH_ALGORITHM: 'HS384' };
    service = await orders({ forwardTo: [address] }, env);
  });
  afterAll(async () => {
    await service?.close();
    await issuer?.close();
  });

  test('knows callers by their tokens, and what they may do by what those say', async () => {
    const [alice, ed, root] = [
      await tokenOf(issuer, 'alice'),
      await tokenOf(issuer, 'ed'),
      await tokenOf(issuer, 'root'),
    ];
    const statuses = async (token: string) => {
      const all: Record<string, number> = {};
      for (const path of ['whoami', 'read', 'clerks', 'admin', 'open'])
        all[path] = (await ask(service, token, path)).status;
      return all;
    };
    expect(await statuses(alice)).toEqual({ whoami: 200, read: 403, clerks: 403, admin: 403, open: 200 });
    expect(await statuses(ed)).toEqual({ whoami: 200, read: 200, clerks: 200, admin: 403, open: 200 });
    expect(await statuses(root)).toEqual({ whoami: 200, read: 200, clerks: 403, admin: 200, open: 200 });
    const me = await issuer.client.with({ authorization: `Bearer ${ed}` }).get(`${API}/auth/me`);
    expect((await ask(service, ed, 'whoami')).json()).toMatchObject({ id: me.json<{ id: number }>().id });
    const nobody = await service.client.get(`${API}/orders/read`);
    expect([nobody.status, nobody.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect((await service.client.get(`${API}/orders/open`)).status).toBe(200);
  });

  test('SEC-35: lets no other token in', async () => {
    const good = await tokenOf(issuer, 'ed');
    const [, claims = ''] = good.split('.');
    const foreign = pair().privateKey;
    const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt' })}.${claims}`;
    const secret = new DerivedKeys([SHARED]).current('token:refresh');
    const hs = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${claims}`;
    for (const token of [
      await tokenOf(issuer, 'ed', 'refresh_token'),
      `${input}.${sign(null, Buffer.from(input), foreign).toString('base64url')}`,
      `${hs}.${createHmac('sha256', secret).update(hs).digest('base64url')}`,
      `${hs}.${createHmac('sha256', SHARED).update(hs).digest('base64url')}`,
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${claims}.`,
      `${good}x`,
      '',
      'x',
    ]) {
      const answer = await ask(service, token, 'open');
      expect([token, answer.status, answer.json()]).toMatchObject([token, 401, { code: 'invalid_token' }]);
    }
    expect((await ask(service, good, 'open')).status).toBe(200);
    service.clock.advance({ minutes: 31 });
    expect((await ask(service, good, 'open')).status).toBe(401);
    service.clock.reset();
  });

  test('SEC-85: sends tokens along to the services that it names, and to no other', async () => {
    const token = await tokenOf(issuer, 'ed');
    const address = await issuer.nest.getUrl();
    const told = await ask(service, token, `forward?to=${encodeURIComponent(`${address}${API}/auth/me`)}`);
    expect(told.json()).toMatchObject({ status: 200, body: { email: 'ed@example.com' } });
    for (const to of ['http://evil.example/', `${address}.evil.example/`, address.replace('http', 'https')]) {
      expect((await ask(service, token, `forward?to=${encodeURIComponent(to)}`)).status).toBe(500);
    }
  });
});

describe('keys that another service publishes', () => {
  const [first, second] = [pair(), pair()];
  const jwk = (key: typeof first, kid: string) => ({
    ...createPublicKey(key.privateKey).export({ format: 'jwk' }),
    kid,
  });
  let server: Server;
  let address: string;
  let answer: { status: number; body: string } = { status: 200, body: '' };
  let fetches = 0;
  const publish = (...keys: object[]) => (answer = { status: 200, body: JSON.stringify({ keys }) });

  beforeAll(async () => {
    server = createServer((_request, response) => {
      fetches += 1;
      response.writeHead(answer.status, { location: 'http://127.0.0.1:1/' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function write(change: Partial<AccessTokenClaims> = {}, header: object = {}, key = first): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: 'a-uuid', iss: 'users', aud: 'shop', iat: now, exp: now + 60, ...change };
    const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'first', ...header })}.${encode(claims)}`;
    return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`;
  }

  test('are fetched once, and again for an unknown key only after a while', async () => {
    publish(jwk(first, 'first'));
    fetches = 0;
    await using service = await orders({ jwksUrl: address });
    const all = await Promise.all(Array.from({ length: 10 }, () => ask(service, write(), 'open')));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(fetches).toBe(1);
    publish(jwk(second, 'second'));
    for (let n = 0; n < 5; n++) {
      expect((await ask(service, write({}, { kid: 'second' }, second), 'open')).status).toBe(401);
    }
    expect([fetches, (await ask(service, write(), 'open')).status]).toEqual([1, 200]);
  });

  test.each([
    [{ status: 500, body: '' }],
    [{ status: 302, body: '' }],
    [{ status: 200, body: 'not json' }],
    [{ status: 200, body: `{"keys":[],"more":"${'x'.repeat(1_100_000)}"}` }],
  ])('that cannot be had are the service’s trouble, not the caller’s: 503', async (given) => {
    answer = given;
    fetches = 0;
    await using service = await orders({ jwksUrl: address });
    for (let n = 0; n < 3; n++) {
      const { status, json } = await ask(service, write(), 'open').then((told) => ({
        status: told.status,
        json: told.json<object>(),
      }));
      expect([status, json]).toMatchObject([503, { code: 'jwks_unavailable' }]);
    }
    expect(fetches).toBe(1);
    expect((await service.client.get(`${API}/orders/open`)).status).toBe(200);
  });

  test('SEC-81: tokens for others, of others and of another kind are refused', async () => {
    publish(jwk(first, 'first'));
    await using service = await orders({ jwksUrl: address });
    const now = Math.floor(Date.now() / 1000);
    for (const token of [
      write({ aud: 'elsewhere' }),
      write({ iss: 'evil' }),
      write({ sub: '' }),
      write({ sub: 7 as never }),
      write({ exp: now - 60 }),
      write({ exp: undefined }),
      write({ iat: now + 600 }),
      write({ scope: ['orders.read'] as never }),
      write({}, { typ: 'JWT' }),
      write({}, { typ: 'rt+jwt' }),
      write({}, {}, second),
      write({}, { kid: 'other' }),
    ]) {
      expect((await ask(service, token, 'open')).status).toBe(401);
    }
    expect((await ask(service, write({ aud: ['elsewhere', 'shop'] }), 'open')).status).toBe(200);
  });

  test('a scope limits what a token is good for, whoever it belongs to', async () => {
    publish(jwk(first, 'first'));
    await using service = await orders({ jwksUrl: address });
    const limited = { isSuperuser: true, groups: ['clerks'], isVerified: true, permissions: ['orders.read'] };
    const statuses = async (scope?: string) => {
      const token = write({ ...limited, ...(scope !== undefined && { scope }) });
      return Promise.all(['read', 'clerks', 'admin'].map(async (path) => (await ask(service, token, path)).status));
    };
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await statuses('orders.read')).toEqual([200, 403, 403]);
    expect(await statuses('orders.write')).toEqual([403, 403, 403]);
    expect(await statuses('')).toEqual([403, 403, 403]);
  });

  test('tokens of other issuers are understood as the application says', async () => {
    publish(jwk(first, 'first'));
    await using service = await orders({
      jwksUrl: address,
      tokenType: false,
      principal: (claims) => new TokenPrincipal({ ...claims, scope: undefined, permissions: claims.scope?.split(' ') }),
    });
    const token = write({ scope: 'openid orders.read', name: 'Ann' }, { typ: 'JWT' });
    expect((await ask(service, token, 'read')).status).toBe(200);
    expect((await ask(service, token, 'whoami')).json()).toEqual({ id: 'a-uuid', isSuperuser: false, name: 'Ann' });
  });
});

test.each([
  [{ jwksUrl: 'users.example.com/keys' }, 'jwksUrl'],
  [{ jwksUrl: 'https://users.example.com/keys', secretKey: SHARED }, 'both'],
  [{ secretKey: 'short' }, '32 bytes'],
  [{ forwardTo: ['user-api'] }, 'forwardTo'],
])('%j is refused at start', async (options, message) => {
  await expect(orders(options)).rejects.toThrow(message);
});
