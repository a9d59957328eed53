import { CoreSettings, SettingsModule } from '@core-framework/config';
import { SecretWatch } from '@core-framework/testing/auth';
import { BaseModel, CoreOrmModule, type Manager, Model } from '@core-framework/orm';
import { Module } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { AuthModule } from './auth.module.js';
import { RESOLVED_AUTH_OPTIONS, resolveAuthOptions, USER_MODEL } from './auth.options.js';
import { Group } from './groups/group.model.js';
import { Session } from './sessions/session.model.js';
import { AbstractUser } from './users/abstract-user.js';
import { PermissionsMixin } from './users/permissions.mixin.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: Manager<User>;
}

@Model()
class Note extends BaseModel {}

const orm = CoreOrmModule.forRoot({ schema: 'update' });

@Module({ imports: [SettingsModule.forRoot(CoreSettings), orm, AuthModule.forRoot({ userModel: User })] })
class AppModule {}

const SECRET = 'k7Rr2wq9Zb4nVx8sLm3tPd6yFh1cJg5e';

@Module({
  imports: [
    SettingsModule.forRoot(CoreSettings),
    orm,
    AuthModule.forRootAsync({
      userModel: User,
      inject: [CoreSettings],
      useFactory: ({ appName }: CoreSettings) => ({ tokenIssuer: `${appName}!`, secretKey: SECRET }),
    }),
  ],
})
class AsyncModule {}

const servers = [
  ['sqlite', 'sqlite://'],
  ['postgresql', process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres'],
];

describe('the module', () => {
  test.each(servers)("makes the tables that point to the application's users (%s)", async (_kind, database) => {
    await using app = await new SecretWatch().start(AppModule, { database });
    expect(app.nest.get(USER_MODEL)).toBe(User);
    await app.work(async () => {
      const user = await User.objects.create({ email: 'ann@example.com' });
      const now = new Date();
      const times = {
        createdAt: now,
        lastSeenAt: now,
        idleExpiresAt: now,
        absoluteExpiresAt: now,
        authenticatedAt: now,
      };
      await Session.objects.create({ user, ...times, authMethods: ['password'] });
      const editors = await Group.objects.create({ name: 'editors' });
      await User.objects.setLinks('groups', user, [editors]);
      expect(await User.objects.where({ groups__name: 'editors' }).count()).toBe(1);
      const [row] = await Session.objects.selectRelated('user').all();
      expect([row?.user.unwrap(), row?.authMethods]).toEqual([user, ['password']]);
      expect(user.toDict()).not.toHaveProperty('passwordHash');
      await user.delete();
      expect(await Session.objects.count()).toBe(0);
    });
  });

  test('takes what its options leave out from the settings', async () => {
    await using app = await new SecretWatch().start(AppModule, {
      env: { AUTH_CLIENT_RATE: '3/15m', APP_NAME: 'Blog' },
    });
    expect(app.nest.get(RESOLVED_AUTH_OPTIONS)).toMatchObject({
      tokenIssuer: 'Blog',
      clientRate: { limit: 3, windowMs: 900_000 },
      passwordHasher: 'pbkdf2_sha256',
    });
    await using other = await new SecretWatch().start(AsyncModule, { env: { APP_NAME: 'Blog' } });
    expect(other.nest.get(RESOLVED_AUTH_OPTIONS)).toMatchObject({ tokenIssuer: 'Blog!', secretKey: SECRET });
  });

  test('refuses a former key that is empty, from which everybody could derive keys', async () => {
    const env = { SECRET_KEY: SECRET, SECRET_KEY_FALLBACKS: '["a former key of the application",""]' };
    await expect(new SecretWatch().start(AppModule, { env })).rejects.toThrow('an empty one');
  });

  test('refuses a model that is none of users, a short key and a rate that is none', () => {
    expect(() => AuthModule.forRoot({ userModel: Note as never })).toThrow('Note, which is no model of users');
    expect(() => AuthModule.forRoot({} as never)).toThrow('undefined, which is no model of users');
    expect(() => resolveAuthOptions({})).toThrow('no secretKey');
    expect(() => resolveAuthOptions({ secretKey: 'short' })).toThrow('less than 32 bytes');
    expect(() => resolveAuthOptions({ secretKey: SECRET, clientRate: '0/m' })).toThrow('"0/m" is no rate');
  });

  test.each([
    ['accessTokenExpireMinutes', 0],
    ['refreshTokenExpireDays', -1],
    ['sessionExpireDays', Number.NaN],
    ['refreshGraceSeconds', -1],
    ['passwordMinLength', 1.5],
    ['hashingConcurrency', 0],
    ['hashingQueue', -1],
    ['resetExpireMinutes', 0],
    ['verifyExpireHours', '24' as never],
  ] as const)('refuses an %s of %p', (option, value) => {
    expect(() => resolveAuthOptions({ secretKey: SECRET, [option]: value })).toThrow(`${option} is `);
    expect(() => resolveAuthOptions({ secretKey: SECRET, refreshGraceSeconds: 0, hashingQueue: 0 })).not.toThrow();
  });
});
