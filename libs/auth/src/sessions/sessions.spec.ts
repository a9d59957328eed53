import { SettingsModule } from '@core-framework/config';
import { atomic, CoreOrmModule, Model } from '@core-framework/orm';
import { type TestApp } from '@core-framework/testing';
import { SecretWatch } from '@core-framework/testing/auth';
import { Injectable, Module } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignInService } from '../accounts/sign-in.service.js';
import { AuthBackend, type Credentials } from '../authentication/auth-backend.js';
import { AuthBackends } from '../authentication/auth-backends.js';
import { AuthenticationStop } from '../authentication/authentication-stop.js';
import { JwtBackend } from '../authentication/jwt.backend.js';
import { AuthModule } from '../auth.module.js';
import { AuthEvent } from '../events/auth-event.model.js';
import { Hash } from '../hashing/hash.service.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.service.js';
import { RefreshToken } from '../tokens/refresh-token.model.js';
import { Tokens } from '../tokens/tokens.service.js';
import { AbstractUser } from '../users/abstract-user.js';
import { PermissionsMixin } from '../users/permissions.mixin.js';
import type { UserManager } from '../users/user.manager.js';
import { Session } from './session.model.js';
import { SessionStandings } from './session-standings.js';
import { Sessions } from './sessions.service.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Injectable()
class TicketBackend extends AuthBackend {
  readonly name = 'ticket';

  override async authenticate({ ticket, email }: Credentials) {
    if (ticket === 'banned') throw new AuthenticationStop();
    return ticket === 'golden' && email ? User.objects.getByEmail(email) : null;
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    AuthModule.forRoot({ userModel: User, backends: [TicketBackend] }),
  ],
})
class AppModule {}

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const client = { ip: '192.0.2.1', userAgent: 'suite', requestId: 'r' };
const requestFrom = (ip: string) => ({ ip, headers: {}, id: 'r' }) as unknown as FastifyRequest;
const REFUSED = { client: { status: 401, code: 'invalid_token' } };

describe.each([
  ['sqlite', 'sqlite://'],
  ['postgresql', POSTGRES],
])('sessions on %s', (_kind, database) => {
  let app: TestApp;
  let strict: TestApp;
  let user: User;
  const work = <T>(run: () => Promise<T>) => app.work(run);
  const sessions = (of = app) => of.nest.get(Sessions);
  const identify = (token: string) => work(() => app.nest.get(JwtBackend).identifyToken(token));
  const refresh = (token: string) => work(() => sessions().refresh(token, client));

  beforeAll(async () => {
    app = await new SecretWatch().start(AppModule, { database });
    strict = await new SecretWatch().start(AppModule, { database, env: { AUTH_REFRESH_GRACE_SECONDS: '0' } });
    for (const one of [app, strict]) one.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 1000 });
  });
  afterAll(async () => {
    await app?.close();
    await strict?.close();
  });
  beforeEach(async () => {
    app.clock.set('2026-05-01T12:00:00.400Z');
    await work(async () => {
      await User.objects.delete();
      await AuthEvent.objects.delete();
      user = await User.objects.createUser({ email: 'ann@example.com', password: 'correct horse' });
    });
  });

  test('let their user in by one query, with his permissions when they are asked for', async () => {
    const pair = await work(() => sessions().start(user, { client }));
    await work(() => user.addToGroup('editors'));
    const { result: principal, statements } = await app.recordQueries(() => identify(pair.accessToken));
    expect(statements).toHaveLength(1);
    expect(principal).toMatchObject({
      id: user.id,
      isAuthenticated: true,
      isSuperuser: false,
      proof: { backend: 'jwt', sessionId: pair.sessionId },
    });
    await work(async () => {
      expect([await principal.inGroup('editors'), await principal.hasPermission('posts.edit')]).toEqual([true, false]);
      expect((await principal.user()).id).toBe(user.id);
    });
  });

  test('are asked for by one query for all requests that arrive together, each of which is told of its own', async () => {
    const other = await work(() => User.objects.createUser({ email: 'bob@example.com', isStaff: true }));
    const [own, ended, others] = await work(async () => [
      await sessions().start(user, { client }),
      await sessions().start(user, { client }),
      await sessions().start(other, { client }),
    ]);
    await work(() => sessions().revoke(ended.sessionId, 'logout'));
    const unknown = await app.nest.get(Tokens).createAccessToken({ user, sessionId: crypto.randomUUID() });
    const noKey = await app.nest.get(Tokens).createAccessToken({ user, sessionId: "' or 1=1" });
    const foreign = await app.nest.get(Tokens).createAccessToken({ user, sessionId: others.sessionId });
    const ids = [own, own, ended, others].map(({ sessionId }) => sessionId);
    const { result: found, statements } = await app.recordQueries(() =>
      work(() =>
        Promise.all([...ids, crypto.randomUUID(), "' or 1=1"].map((id) => app.nest.get(SessionStandings).of(id))),
      ),
    );
    expect(statements).toHaveLength(1);
    expect(found.map((standing) => standing?.id)).toEqual([...ids, undefined, undefined]);
    const tokens = [own, own, ended, others].map(({ accessToken }) => accessToken);
    const answers = await Promise.all(
      [...tokens, unknown, noKey, foreign].map((token) => identify(token).catch((error: unknown) => error)),
    );
    const [ann, bob] = [
      { id: user.id, isStaff: false, proof: { sessionId: own.sessionId } },
      { id: other.id, isStaff: true, proof: { sessionId: others.sessionId } },
    ];
    expect(answers).toMatchObject([ann, ann, REFUSED, bob, REFUSED, REFUSED, REFUSED]);
    await work(() => sessions().revoke(own.sessionId, 'logout'));
    await expect(identify(own.accessToken)).rejects.toMatchObject(REFUSED);
  });

  test('are seen as the transaction in hand left them', async () => {
    const token = await work(async () =>
      atomic(async () => {
        const pair = await sessions().start(user, { client });
        const identified = app.nest.get(JwtBackend).identifyToken(pair.accessToken);
        await expect(identified).resolves.toMatchObject({ id: user.id });
        return pair.accessToken;
      }),
    );
    await expect(identify(token)).resolves.toMatchObject({ id: user.id });
  });

  test('end with logout, with the password, with the account and with their time', async () => {
    const endings: [string, (id: string) => Promise<unknown>][] = [
      ['revoke', (id) => sessions().revoke(id, 'logout')],
      ['revokeAll', () => sessions().revokeAll(user.id, 'revoked')],
      ['password', () => user.setPassword('another horse').then(() => user.save())],
      ['inactive', () => User.objects.filter({ id: user.id }).update({ isActive: false })],
      ['deleted', () => user.delete()],
    ];
    for (const [name, end] of endings) {
      const pair = await work(() => sessions().start(user, { client }));
      await expect(identify(pair.accessToken)).resolves.toMatchObject({ id: user.id });
      await work(() => end(pair.sessionId));
      expect([name, await identify(pair.accessToken).catch((error: unknown) => error)]).toMatchObject([name, REFUSED]);
      expect([name, await refresh(pair.refreshToken).catch((error: unknown) => error)]).toMatchObject([name, REFUSED]);
      await work(() => User.objects.update({ isActive: true }));
    }
  });

  test('SEC-42: are refreshed for a week of silence, and for thirty days in all', async () => {
    let pair = await work(() => sessions().start(user, { client }));
    for (let day = 6; day < 30; day += 6) {
      app.clock.advance({ days: 6 });
      pair = await refresh(pair.refreshToken);
    }
    app.clock.advance({ days: 5, hours: 23 });
    await expect(identify((pair = await refresh(pair.refreshToken)).accessToken)).resolves.toMatchObject({
      id: user.id,
    });
    app.clock.advance({ hours: 2 });
    await expect(refresh(pair.refreshToken)).rejects.toMatchObject(REFUSED);
    const other = await work(() => sessions().start(user, { client }));
    app.clock.advance({ days: 8 });
    await expect(refresh(other.refreshToken)).rejects.toMatchObject(REFUSED);
  });

  test('SEC-40: end when a token comes back that was exchanged long ago', async () => {
    const first = await work(() => sessions().start(user, { client }));
    const second = await refresh(first.refreshToken);
    app.clock.advance({ seconds: 11 });
    await expect(refresh(first.refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(second.refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(identify(second.accessToken)).rejects.toMatchObject(REFUSED);
    await work(async () => {
      expect(await AuthEvent.objects.values('name', 'userId', 'sessionId', 'ip')).toEqual([
        { name: 'authn_token_reuse', userId: String(user.id), sessionId: first.sessionId, ip: '192.0.2.1' },
      ]);
    });
  });

  test('answer thirty refreshes at once with one successor', async () => {
    const first = await work(() => sessions().start(user, { client }));
    const pairs = await Promise.all(Array.from({ length: 30 }, () => refresh(first.refreshToken)));
    expect(new Set(pairs.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(await work(() => RefreshToken.objects.filter({ session: first.sessionId }).count())).toBe(2);
    app.clock.advance({ seconds: 9 });
    expect((await refresh(first.refreshToken)).refreshToken).toBe(pairs[0]?.refreshToken);
    await expect(refresh(pairs[0]?.refreshToken ?? '')).resolves.toMatchObject({ sessionId: first.sessionId });
  });

  test('let exactly one of thirty refreshes win where there is no grace', async () => {
    const outcomes = await strict.work(async () => {
      const owner = await User.objects.createUser({ email: 'ann@example.com' });
      const first = await sessions(strict).start(owner, { client });
      return Promise.allSettled(
        Array.from({ length: 30 }, () => strict.work(() => sessions(strict).refresh(first.refreshToken, client))),
      );
    });
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await strict.work(async () => {
      expect(await Session.objects.values('revokeReason')).toEqual([{ revokeReason: 'reuse' }]);
    });
  });

  test('take no token for another, and no claims for reserved ones', async () => {
    const tokens = app.nest.get(Tokens);
    const pair = await work(() => sessions().start(user, { client }));
    await expect(identify(pair.refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(pair.accessToken)).rejects.toMatchObject(REFUSED);
    for (const claim of ['sub', 'sid', 'exp', 'tv', 'scope']) {
      await expect(tokens.createAccessToken({ user, extraClaims: { [claim]: '1' } })).rejects.toMatchObject({
        code: 'AUTH_RESERVED_CLAIM',
      });
    }
    const stateless = await tokens.createAccessToken({ user, extraClaims: { plan: 'pro' }, scopes: ['posts.read'] });
    expect(await tokens.verifyToken(stateless)).toMatchObject({ plan: 'pro', scope: 'posts.read' });
    await work(async () => void (await User.objects.update({ isSuperuser: true })));
    const principal = await identify(stateless);
    expect([
      principal.isSuperuser,
      await principal.hasPermission('posts.read'),
      await principal.hasPermission('posts.delete'),
    ]).toEqual([false, true, false]);
    await work(() => User.objects.update({ tokenVersion: 5 }));
    await expect(identify(stateless)).rejects.toMatchObject(REFUSED);
  });

  test('are kept without any token, and cleared when they are over', async () => {
    const pair = await work(() => sessions().start(user, { client }));
    await work(async () => {
      const dump = JSON.stringify([await Session.objects.values(), await RefreshToken.objects.values()]);
      for (const token of [pair.accessToken, pair.refreshToken]) expect(dump).not.toContain(token.split('.')[2]);
      app.clock.advance({ days: 61 });
      expect(await sessions().clearExpired()).toBe(1);
      expect(await RefreshToken.objects.count()).toBe(0);
    });
  });

  test('leave no links behind that ran out', async () => {
    const links = app.nest.get(OneTimeTokens);
    await work(async () => {
      await links.issue(user, 'reset_password', 60);
      app.clock.advance({ hours: 20 });
      const good = await links.issue(user, 'verify_email', 60);
      expect(await links.clearExpired()).toBe(0);
      app.clock.advance({ hours: 5, minutes: 1 });
      expect(await links.clearExpired()).toBe(1);
      expect(await links.clearExpired(0)).toBe(1);
      expect(await links.find(good, 'verify_email')).toBeNull();
    });
  });

  test('are not started by one whom a backend stops, which is told of like any other try', async () => {
    const banned = work(() => app.nest.get(SignInService).signIn({ ticket: 'banned' }, requestFrom('192.0.2.7')));
    await expect(banned).rejects.toMatchObject({ client: { status: 401, code: 'invalid_credentials' } });
    expect(await work(() => AuthEvent.objects.values('name', 'ip'))).toEqual([
      { name: 'authn_login_fail', ip: '192.0.2.7' },
    ]);
  });

  test('SEC-07: are tried for an account by whichever name a backend knows it', async () => {
    app.clock.advance({ hours: 1 });
    const statuses: unknown[] = [];
    for (let n = 0; n < 6; n++) {
      const credentials = { username: `somebody${n}`, email: 'ann@example.com', ticket: 'silver' };
      const answer = work(() => app.nest.get(SignInService).signIn(credentials, requestFrom(`192.0.2.${n}`)));
      statuses.push(await answer.catch((error: { client: { status: number } }) => error.client.status));
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  test('are started by the first backend that lets somebody in, unless one of them says stop', async () => {
    const backends = app.nest.get(AuthBackends);
    const signIn = (credentials: Credentials, only?: string) =>
      work(() => backends.signIn(credentials, {} as never, only));
    const email = 'ann@example.com';
    expect(backends.all.map(({ name }) => name)).toEqual(['api_key', 'jwt', 'default', 'ticket']);
    expect((await signIn({ email, password: 'correct horse' }))?.id).toBe(user.id);
    expect((await signIn({ email, ticket: 'golden' }))?.id).toBe(user.id);
    expect(await signIn({ email, ticket: 'golden' }, 'default')).toBeNull();
    expect(await signIn({ email, ticket: 'silver', password: 'wrong' })).toBeNull();
    await expect(signIn({ ticket: 'banned' })).rejects.toMatchObject({ client: { status: 401 } });
    expect(() => backends.get('ldap')).toThrow('no authentication backend "ldap"');
    await work(() => User.objects.update({ isActive: false }));
    expect(await signIn({ email, ticket: 'golden' })).toBeNull();
  });
});
