import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { type TestApp } from '@core-framework/testing';
import { SecretWatch } from '@core-framework/testing/auth';
import { Global, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LDAP_OPTIONS, LdapBackend, type LdapOptions } from '../../examples/ldap.backend.js';
import { LdapServer } from '../../examples/ldap-server.js';
import { ApiKeyBackend } from '../api-keys/api-key.backend.js';
import { ApiKeys } from '../api-keys/api-keys.service.js';
import { AuthModule } from '../auth.module.js';
import { Hash } from '../hashing/hash.service.js';
import { Sessions } from '../sessions/sessions.service.js';
import { AUTH_BACKEND_CASES, type AuthBackendSubject } from '../testing/auth-backend.conformance.js';
import { AbstractUser } from '../users/abstract-user.js';
import { PermissionsMixin } from '../users/permissions.mixin.js';
import type { UserManager } from '../users/user.manager.js';
import { JwtBackend } from './jwt.backend.js';
import { PasswordBackend } from './password.backend.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

const PASSWORD = 'correct horse';
const BOB = 'uid=bob,ou=people,dc=example,dc=com';
const client = { ip: null, userAgent: null, requestId: null };
const people = [
  ['ou', 'people'],
  ['dc', 'example'],
  ['dc', 'com'],
] as const;

describe('backends', () => {
  let app: TestApp;
  let directory: LdapServer;
  const subjects: Record<string, () => Promise<AuthBackendSubject>> = {
    default: async () => ({
      backend: app.nest.get(PasswordBackend),
      credentials: { email: 'ann@example.com', password: PASSWORD },
    }),
    jwt: async () => {
      const user = await User.objects.get({ email: 'ann@example.com' });
      const { accessToken, refreshToken } = await app.nest.get(Sessions).start(user, { client });
      return {
        backend: app.nest.get(JwtBackend),
        headers: {
          good: { authorization: `Bearer ${accessToken}` },
          wrong: { authorization: `Bearer ${refreshToken}` },
        },
      };
    },
    api_key: async () => {
      const user = await User.objects.get({ email: 'ann@example.com' });
      const { key } = await app.nest.get(ApiKeys).create(user.id, { name: 'CI' });
      return {
        backend: app.nest.get(ApiKeyBackend),
        headers: { good: { 'x-api-key': key }, wrong: { 'x-api-key': 'key' } },
      };
    },
    // Of an application's own.
    ldap: async () => ({ backend: app.nest.get(LdapBackend), credentials: { username: 'bob', password: 'in-ldap' } }),
  };

  beforeAll(async () => {
    directory = await LdapServer.start({ [BOB]: { password: 'in-ldap', mail: 'bob@example.com' } });
    const options: LdapOptions = { url: directory.url, people };

    @Global()
    @Module({ providers: [{ provide: LDAP_OPTIONS, useValue: options }], exports: [LDAP_OPTIONS] })
    class LdapModule {}

    @Module({
      imports: [
        SettingsModule.forRoot(),
        CoreOrmModule.forRoot({ schema: 'update' }),
        LdapModule,
        AuthModule.forRoot({ userModel: User, backends: [LdapBackend] }),
      ],
    })
    class AppModule {}

    app = await new SecretWatch().start(AppModule, { env: { AUTH_THROTTLE_ENABLED: 'false' } });
    app.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 1000 });
    await app.work(() => User.objects.createUser({ email: 'ann@example.com', password: PASSWORD }));
  });
  afterAll(async () => {
    await app?.close();
    await directory?.[Symbol.asyncDispose]();
  });

  describe.each(Object.keys(subjects))('%s', (name) => {
    test.each(AUTH_BACKEND_CASES)('$name', ({ check }) =>
      app.work(async () => {
        const subject = await subjects[name]?.();
        if (subject) await check(subject);
      }),
    );
  });

  test('somebody whom the directory knows has one account here, without a password', async () => {
    const signIn = (username: string, password: string) =>
      app.work(() => app.nest.get(LdapBackend).authenticate({ username, password }));
    const first = await signIn('bob', 'in-ldap');
    expect(first).toMatchObject({ email: 'bob@example.com', isSuperuser: false, isVerified: true, passwordHash: null });
    expect((await signIn('bob', 'in-ldap'))?.id).toBe(first?.id);
    expect(await signIn('bob', '')).toBeNull();
    expect(await signIn('bob,ou=people', 'in-ldap')).toBeNull();
    expect(new Set(directory.binds)).toEqual(new Set([BOB, 'uid=bobx,ou=people,dc=example,dc=com']));
  });

  test('a directory that cannot be asked is 503', async () => {
    const { url } = await LdapServer.start({}).then(async (server) => {
      const { url: address } = server;
      await server[Symbol.asyncDispose]();
      return { url: address };
    });
    const backend = new LdapBackend({ url, people }, User.objects);
    await expect(backend.authenticate({ username: 'bob', password: 'x' })).rejects.toMatchObject({
      client: { status: 503 },
    });
  });
});
