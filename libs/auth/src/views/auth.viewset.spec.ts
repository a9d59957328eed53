import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Field, Model } from '@core-framework/orm';
import { type TestApp } from '@core-framework/testing';
import { SecretWatch } from '@core-framework/testing/auth';
import { Action, AllowAny, InputSchema, OutputSchema, Verbatim, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Injectable, Module } from '@nestjs/common';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AuthHooks } from '../accounts/auth-hooks.js';
import { AuthModule } from '../auth.module.js';
import { AuthBackend, type Credentials } from '../authentication/auth-backend.js';
import { Hash } from '../hashing/hash.service.js';
import { InMemoryMailSender } from '../mail/in-memory-mail-sender.js';
import { MailSender } from '../mail/mail-sender.js';
import { type AbstractBaseUser, AbstractUser } from '../users/abstract-user.js';
import { PermissionsMixin } from '../users/permissions.mixin.js';
import type { UserManager } from '../users/user.manager.js';
import { LoginInput } from './auth.inputs.js';
import { AuthViewSet } from './auth.viewset.js';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
  static override readonly REQUIRED_FIELDS = ['nickname'];
  @Field.string({ maxLength: 30, unique: true }) nickname!: string;
  @Field.integer({ default: 0, readOnly: true }) credits = 0;
}

class Registering extends InputSchema(User, { pick: ['email', 'nickname'] }) {
  @Matches(/[A-Z]/, { message: 'Use a capital letter.' })
  @Verbatim()
  password!: string;

  @IsString() @Verbatim() passwordConfirm!: string;
  @IsString() isSuperuser = 'no';

  validate() {
    return this.password === this.passwordConfirm ? undefined : { passwordConfirm: 'The passwords differ.' };
  }
}

const seen: string[] = [];

class Watching extends AuthHooks<User> {
  override async onAfterRegister({ email }: User) {
    seen.push(`registered ${email}`);
  }

  override async onAfterLogin({ email }: User) {
    seen.push(`in ${email}`);
  }

  override async onAfterForgotPassword(_user: User, token: string) {
    seen.push(`forgot ${token.length}`);
  }
}

class MyAuthViewSet extends AuthViewSet {
  @Action({ permissions: [AllowAny] })
  motto() {
    return { motto: 'Who goes there?' };
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({
      userModel: User,
      authViewSet: MyAuthViewSet,
      hooks: Watching,
      mailSender: InMemoryMailSender,
      schemas: { register: Registering, user: OutputSchema(User, { pick: ['id', 'email', 'nickname'] }) },
    }),
  ],
})
class AppModule {}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User, authViewSet: false }),
  ],
})
class SilentModule {}

const AUTH = '/api/v1/auth';
const ANN = {
  email: 'ann@example.com',
  nickname: 'ann',
  password: 'A correct horse',
  passwordConfirm: 'A correct horse',
};

describe("an application's own endpoints of accounts", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await new SecretWatch().start(AppModule, { env: { AUTH_HASHING_QUEUE: '0', AUTH_HASHING_CONCURRENCY: '1' } });
    app.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 1000 });
  });
  afterAll(() => app.close());
  const register = (change: object) => app.client.post(`${AUTH}/register`, { ...ANN, ...change });

  test('accept what its schemas say, and hand out no flags by them', async () => {
    expect((await register({ password: 'a correct horse', passwordConfirm: 'a correct horse' })).json()).toMatchObject({
      errors: { password: [{ code: 'matches' }] },
    });
    expect((await register({ passwordConfirm: 'another' })).json()).toMatchObject({
      errors: { passwordConfirm: [{ message: 'The passwords differ.' }] },
    });
    expect((await register({ isSuperuser: 'yes' })).status).toBe(201);
    const [user] = await app.work(() => User.objects.values('email', 'isSuperuser', 'credits', 'nickname'));
    expect(user).toEqual({ email: 'ann@example.com', isSuperuser: false, credits: 0, nickname: 'ann' });
  });

  test("show what its schema says, and change what is the user's, if it is free", async () => {
    await register({ email: 'bob@example.com', nickname: 'bob' });
    const { access_token } = (
      await app.client.post(`${AUTH}/login`, { email: 'bob@example.com', password: ANN.password })
    ).json<{ access_token: string }>();
    const bob = app.client.with({ authorization: `Bearer ${access_token}` });
    expect((await bob.get(`${AUTH}/me`)).json()).toEqual({ id: 2, email: 'bob@example.com', nickname: 'bob' });
    const taken = await bob.patch(`${AUTH}/me`, { nickname: 'ann', firstName: 'Bob' });
    expect(Object.keys(taken.json<{ errors: object }>().errors)).toEqual(['nickname']);
    expect([taken.status, taken.json()]).toMatchObject([400, { errors: { nickname: [{ code: 'unique' }] } }]);
    expect((await bob.patch(`${AUTH}/me`, { nickname: 'bobby' })).json()).toMatchObject({ nickname: 'bobby' });
    const other = await app.client.as({ id: 1 }).get(`${AUTH}/me`);
    expect(other.json()).toMatchObject({ email: 'ann@example.com' });
  });

  test('have actions of their own, and hooks that see each step', async () => {
    expect((await app.client.get(`${AUTH}/motto`)).json()).toEqual({ motto: 'Who goes there?' });
    await app.client.post(`${AUTH}/forgot-password`, { email: 'ann@example.com' });
    await app.nest.get<InMemoryMailSender>(MailSender).settled();
    expect(seen).toEqual([
      'registered ann@example.com',
      'registered bob@example.com',
      'in bob@example.com',
      'forgot 43',
    ]);
    expect(app.nest.get<InMemoryMailSender>(MailSender).lastTo('ann@example.com')?.text).toContain(
      'http://localhost:3000/reset-password#token=',
    );
  });

  test('SEC-10: turn away what cannot be hashed at once, and go on', async () => {
    app.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 100_000 });
    const tries = Array.from({ length: 8 }, (_, n) =>
      app.client.post(`${AUTH}/login`, { email: `u${n}@example.com`, password: 'x' }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    expect((await app.client.post(`${AUTH}/login`, { email: 'nobody@example.com', password: 'x' })).status).toBe(401);
  });

  test('are none where the module is told so', async () => {
    await using silent = await new SecretWatch().start(SilentModule);
    expect((await silent.client.post(`${AUTH}/login`, {})).status).toBe(404);
  });
});

describe('a sign-in by what a backend of the application asks for', () => {
  @Injectable()
  class BadgeBackend extends AuthBackend {
    readonly name = 'badge';
    override async authenticate({ badge }: Credentials): Promise<AbstractBaseUser | null> {
      return badge === 'B-7' ? User.objects.getByEmail('ann@example.com') : null;
    }
  }
  class BadgeLogin extends LoginInput {
    @IsOptional() @IsString() @MaxLength(20) badge?: string;
    @IsOptional() override password!: string;
  }
  @Module({
    imports: [
      SettingsModule.forRoot(),
      CoreOrmModule.forRoot({ schema: 'update' }),
      ViewSetModule.forRoot(),
      AuthModule.forRoot({ userModel: User, backends: [BadgeBackend], cookies: true, schemas: { login: BadgeLogin } }),
    ],
  })
  class BadgeModule {}

  test('gets it by tokens, by aliases and by cookies, beside passwords', async () => {
    await using app = await new SecretWatch().start(BadgeModule);
    app.nest.get(Hash).configure('pbkdf2_sha256', { iterations: 1000 });
    await app.work(() =>
      User.objects.createUser({ email: 'ann@example.com', nickname: 'ann', password: ANN.password }),
    );
    const statuses = async (body: object) => {
      const routes = ['login', 'login/json', 'jwt/login', 'cookie/login'];
      const answers = await Promise.all(routes.map((route) => app.client.post(`${AUTH}/${route}`, body)));
      return answers.map(({ status }) => status);
    };
    expect(await statuses({ badge: 'B-7' })).toEqual([200, 200, 200, 200]);
    expect(await statuses({ badge: 'B-7', backend: 'badge' })).toEqual([200, 200, 200, 200]);
    expect(await statuses({ email: 'ann@example.com', password: ANN.password })).toEqual([200, 200, 200, 200]);
    expect(await statuses({ badge: 'B-8' })).toEqual([401, 401, 401, 401]);
    expect(await statuses({ bagde: 'B-7' })).toEqual([400, 400, 400, 400]);
    const form = await app.client.post(`${AUTH}/login`, 'badge=B-7', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).toBe(200);
  });

  test('schemas without what an account needs are refused by their types', () => {
    class NoPassword extends InputSchema(User, { pick: ['email'] }) {}
    // @ts-expect-error an account is opened with a password
    expect(AuthModule.forRoot({ userModel: User, schemas: { register: NoPassword } })).toBeDefined();
  });
});

test('the document describes what each endpoint answers', async () => {
  @Module({
    imports: [
      SettingsModule.forRoot(),
      CoreOrmModule.forRoot({ schema: 'update' }),
      ViewSetModule.forRoot(),
      AuthModule.forRoot({ userModel: User, cookies: true, usersViewSet: true }),
    ],
  })
  class DescribedModule {}
  await using app = await new SecretWatch().start(DescribedModule);
  interface Operation {
    readonly responses: Readonly<Record<string, { readonly content?: { 'application/json': { schema: object } } }>>;
  }
  const document = (await app.client.get('/openapi.json')).json<{
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    components: { securitySchemes: { cookie: { description: string } } };
  }>();
  const vague: string[] = [];
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [verb, { responses }] of Object.entries(operations)) {
      const [status, { content }] = Object.entries(responses)[0] as [string, Operation['responses'][string]];
      const isVague = content && Object.keys(content['application/json'].schema).length === 0;
      if (isVague || (status === '204' && content)) vague.push(`${verb} ${path.replace(`${AUTH}/`, '')}`);
    }
  }
  // Those say by their status alone that they did it.
  expect(vague).toEqual([
    'post forgot-password',
    'post verify-email/request',
    'post request-verify-token',
    'post email',
    'post token/revoke',
  ]);
  expect(document.components.securitySchemes.cookie.description).toContain('X-CSRF-Token');
});

describe('the size of bodies', () => {
  @Model({ tableName: 'users' })
  class Pictured extends PermissionsMixin(AbstractUser) {
    declare static readonly objects: UserManager<Pictured>;
    @Field.image({ nullable: true }) avatar!: string | null;
  }
  @ViewSet({ path: 'auth', bodyLimit: 100_000 })
  class RoomyAuthViewSet extends AuthViewSet {}

  test("is that of an application's own class where it says one, and the server's for accounts with files", async () => {
    @Module({
      imports: [
        SettingsModule.forRoot(),
        CoreOrmModule.forRoot({ schema: 'update' }),
        ViewSetModule.forRoot(),
        AuthModule.forRoot({ userModel: Pictured, authViewSet: RoomyAuthViewSet, usersViewSet: true }),
      ],
    })
    class RoomyModule {}
    const app = await new SecretWatch().start(RoomyModule);
    try {
      await app.work(() =>
        Pictured.objects.createSuperuser({
          email: 'root@example.com',
          password: 'so be it, root',
        }),
      );
      const body = (bytes: number) => ({ x: 'x'.repeat(bytes - '{"x":""}'.length) });
      const login = (bytes: number) => app.client.post(`${AUTH}/login`, body(bytes));
      expect([(await login(100_000)).status, (await login(100_001)).status]).toEqual([400, 413]);
      const signedIn = await app.client.post(`${AUTH}/login`, {
        email: 'root@example.com',
        password: 'so be it, root',
      });
      const { access_token: token } = signedIn.json<{ access_token: string }>();
      const headers = { authorization: `Bearer ${token}` };
      expect((await app.client.post('/api/v1/users', body(1_000_000), { headers })).status).toBe(400);
      for (const me of ['auth/me', 'auth/users/me', 'users/me']) {
        const change = (bytes: number) => app.client.patch(`/api/v1/${me}`, body(bytes), { headers });
        expect([me, (await change(100_000)).status, (await change(100_001)).status]).toEqual([me, 400, 413]);
      }
      // What has no use for more takes no more.
      expect((await app.client.post(`${AUTH}/api-keys`, body(70_000), { headers })).status).toBe(413);
    } finally {
      await app.close();
    }
  });

  test('is the same for owners and superusers where an account has no files', async () => {
    @Module({
      imports: [
        SettingsModule.forRoot(),
        CoreOrmModule.forRoot({ schema: 'update' }),
        ViewSetModule.forRoot(),
        AuthModule.forRoot({ userModel: User, authViewSet: RoomyAuthViewSet, usersViewSet: true }),
      ],
    })
    class WordyModule {}
    await using app = await new SecretWatch().start(WordyModule);
    const root = app.client.as({ id: 1, isSuperuser: true });
    const create = (bytes: number) => root.post('/api/v1/users', { x: 'x'.repeat(bytes - '{"x":""}'.length) });
    expect([(await create(100_000)).status, (await create(100_001)).status]).toEqual([400, 413]);
  });
});
