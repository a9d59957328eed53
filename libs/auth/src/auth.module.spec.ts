import { CoreSettings, SettingsModule } from '@core-framework/config';
import { SecretWatch } from '@core-framework/testing/auth';
import { BaseModel, CoreOrmModule, Field, type Manager, Model } from '@core-framework/orm';
import { Module } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { AccountService } from './accounts/account.service.js';
import { AuthHooks } from './accounts/auth-hooks.js';
import { EmailChangeService } from './accounts/email-change.service.js';
import { PasswordsService } from './accounts/passwords.service.js';
import { RegistrationService } from './accounts/registration.service.js';
import { SignInService } from './accounts/sign-in.service.js';
import { VerificationService } from './accounts/verification.service.js';
import { ApiKeys } from './api-keys/api-keys.service.js';
import { AuthModule } from './auth.module.js';
import { RESOLVED_AUTH_OPTIONS, resolveAuthOptions, USER_MODEL, type UserModel } from './auth.options.js';
import { AuthBackend } from './authentication/auth-backend.js';
import type { AuthOptionsError } from './errors/auth.errors.js';
import { Group } from './groups/group.model.js';
import { PasswordHasher } from './hashing/password-hasher.js';
import { resolveResourceServerOptions } from './resource-server/resource-server.options.js';
import { OAuthAccounts } from './oauth/oauth-accounts.service.js';
import { PermissionService } from './permissions/permission.service.js';
import { Session } from './sessions/session.model.js';
import { Sessions } from './sessions/sessions.service.js';
import { RecoveryCodes } from './two-factor/recovery-codes.service.js';
import { TwoFactor } from './two-factor/two-factor.service.js';
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

function thrownBy(work: () => unknown): AuthOptionsError {
  try {
    work();
  } catch (error) {
    return error as AuthOptionsError;
  }
  throw new Error('nothing was thrown');
}

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

  test('gives its services to other modules', async () => {
    const SERVICES = [AccountService, EmailChangeService, PasswordsService, RegistrationService, SignInService];
    const REST = [VerificationService, TwoFactor, RecoveryCodes, ApiKeys, OAuthAccounts, PermissionService, Sessions];
    @Module({ providers: [{ provide: 'seen', inject: [...SERVICES, ...REST], useFactory: (...all: object[]) => all }] })
    class Other {}
    @Module({ imports: [AppModule, Other] })
    class Both {}
    await using app = await new SecretWatch().start(Both);
    expect(app.nest.get<object[]>('seen', { strict: false })).toHaveLength(SERVICES.length + REST.length);
  });

  test('refuses a former key that is empty, from which everybody could derive keys', async () => {
    const env = { SECRET_KEY: SECRET, SECRET_KEY_FALLBACKS: '["a former key of the application",""]' };
    await expect(new SecretWatch().start(AppModule, { env })).rejects.toThrow('an empty one');
  });

  test('refuses what is no option, and names those that stand beside a factory', () => {
    const resolved = (options: object) => () => resolveAuthOptions({ secretKey: SECRET, ...options });
    expect(resolved({ cokies: true })).toThrow('"cokies" is no option');
    expect(thrownBy(resolved({ cookies: true })).fix).toContain('beside useFactory');
    const settings = Object.assign(new CoreSettings(), { secretKey: SECRET });
    expect(() => resolveAuthOptions(undefined as never, settings)).toThrow('no options');
    expect(() => resolveResourceServerOptions({ secretKey: SECRET, issuers: 'x' } as never)).toThrow('"issuers"');
    expect(thrownBy(() => resolveResourceServerOptions({ backends: [] } as never)).fix).toContain('beside useFactory');
  });

  test('refuses an algorithm that is none, a key that would not sign, and addresses that lead nowhere', () => {
    const resolved = (options: object) => () => resolveAuthOptions({ secretKey: SECRET, ...options });
    expect(resolved({ algorithm: 'none' })).toThrow('algorithm "none"');
    expect(resolved({ signingKey: 'a PEM' })).toThrow('signingKey');
    expect(resolved({ publicUrl: 'example.com' })).toThrow('publicUrl "example.com"');
    expect(resolved({ oauthApiUrl: 'ftp://example.com' })).toThrow('oauthApiUrl "ftp://example.com"');
    const provider = { name: 'acme', issuer: 'https://id.example.com' };
    expect(resolved({ oauthProviders: [provider] })).toThrow('"acme" has no clientId');
    const settings = Object.assign(new CoreSettings(), { secretKey: SECRET });
    settings.googleClientId = 'client';
    expect(() => resolveAuthOptions({}, settings)).toThrow('GOOGLE_CLIENT_SECRET');
  });

  test('refuses classes that are not what their option asks for, and names that two of them share', async () => {
    class Something {}
    const forRoot = (options: object) => () => AuthModule.forRoot({ userModel: User, ...options });
    expect(forRoot({ backends: Something })).toThrow('backends is no list of classes');
    expect(forRoot({ backends: [Something] })).toThrow('Something in backends does not extend AuthBackend');
    expect(forRoot({ hashers: [new Something()] })).toThrow('extend PasswordHasher');
    expect(forRoot({ mailSender: {} })).toThrow('mailSender does not extend MailSender');
    expect(forRoot({ authViewSet: true })).toThrow('authViewSet does not extend AuthViewSet');
    expect(forRoot({ hooks: AuthHooks, authViewSet: false, mailSender: undefined })).not.toThrow();

    class Other extends AuthBackend {
      readonly name = 'jwt';
    }
    class Nameless extends AuthBackend {
      declare readonly name: string;
    }
    class NamelessHasher extends PasswordHasher {
      declare readonly name: string;
      hash = (password: string) => password;
      verify = () => true;
    }
    const started = async (options: object) => {
      @Module({
        imports: [SettingsModule.forRoot(CoreSettings), orm, AuthModule.forRoot({ userModel: User, ...options })],
      })
      class Wrong {}
      await using _app = await new SecretWatch().start(Wrong);
    };
    await expect(started({ backends: [Other] })).rejects.toThrow('Two backends are named "jwt"');
    await expect(started({ backends: [Nameless] })).rejects.toThrow('Nameless has no name');
    await expect(started({ hashers: [NamelessHasher] })).rejects.toThrow('NamelessHasher has no name');
  });

  test('refuses users who could not sign in, or not register, by what their model says', () => {
    @Model()
    class Unnamed extends AbstractUser {
      static override readonly USERNAME_FIELD = 'handle';
    }
    @Model()
    class Ambiguous extends AbstractUser {
      static override readonly USERNAME_FIELD = 'handle';
      @Field.string({ maxLength: 30 }) handle!: string;
    }
    @Model({ unique: [['handle']] })
    class Known extends AbstractUser {
      static override readonly USERNAME_FIELD = 'handle';
      @Field.string({ maxLength: 30 }) handle!: string;
    }
    @Model()
    class Mistyped extends AbstractUser {
      static override readonly REQUIRED_FIELDS = ['nmae'];
      @Field.string({ maxLength: 30 }) name!: string;
    }
    const forRoot = (userModel: UserModel) => () => AuthModule.forRoot({ userModel });
    expect(forRoot(Unnamed)).toThrow('Unnamed.USERNAME_FIELD names "handle", which is no field of it');
    expect(forRoot(Ambiguous)).toThrow('Ambiguous.USERNAME_FIELD names "handle", which is not unique');
    expect(forRoot(Known)).not.toThrow();
    expect(forRoot(Mistyped)).toThrow('Mistyped.REQUIRED_FIELDS names "nmae", which is no field of it');
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
