import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule, Model } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { SecretWatch } from '@core-framework/testing/auth';
import { TokenFactory } from '@core-framework/testing/auth';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AuthModule } from '../auth.module.js';
import { AuthenticatedGuard } from '../authentication/authenticated.guard.js';
import { CurrentUser } from '../authentication/current-user.decorator.js';
import { UseAuth } from '../authentication/use-auth.decorator.js';
import type { UserPrincipal } from '../authentication/user-principal.js';
import { AbstractUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { JwtAuthGuard, PassportJwtModule, PassportJwtStrategy } from './passport-jwt.module.js';

@Model({ tableName: 'users' })
class User extends AbstractUser {
  declare static readonly objects: UserManager<User>;
}

@Controller('plain')
class PlainController {
  @Get('passport')
  @UseGuards(JwtAuthGuard)
  byPassport(@CurrentUser() user: UserPrincipal) {
    return { id: user.id, backend: user.proof.backend };
  }

  @Get('any')
  @UseGuards(AuthenticatedGuard)
  byAny(@CurrentUser() user: UserPrincipal, @Req() request: { readonly user?: UserPrincipal }) {
    return { id: user.id, backend: request.user === user ? user.proof.backend : undefined };
  }

  @Get('keys')
  @UseAuth('api_key')
  @UseGuards(AuthenticatedGuard)
  byKey(@CurrentUser() user: UserPrincipal) {
    return { id: user.id, backend: user.proof.backend };
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    AuthModule.forRoot({ userModel: User }),
    PassportJwtModule,
  ],
  controllers: [PlainController],
})
class AppModule {}

let app: TestApp;
let user: User;
let tokens: TokenFactory;
const get = async (path: string, headers: Record<string, string>) => {
  const answer = await app.client.with(headers).get(`/api/v1/plain/${path}`);
  return [answer.status, answer.json<{ backend?: string }>().backend];
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  app = await new SecretWatch().start(AppModule);
  tokens = new TokenFactory(app);
  user = await app.work(() => User.objects.createUser({ email: 'ann@example.com' }));
});
afterAll(() => app.close());

test('Passport lets in whom the token backend and the session know', async () => {
  const { accessToken, refreshToken } = await tokens.pair(user);
  expect(await get('passport', bearer(accessToken))).toEqual([200, 'jwt']);
  for (const token of [refreshToken, await tokens.expired(user), tokens.unsigned(user), 'x.y.z', '']) {
    expect(await get('passport', bearer(token))).toEqual([401, undefined]);
  }
  expect(await get('passport', {})).toEqual([401, undefined]);
  await app.work(() => User.objects.update({ isActive: false }));
  expect(await get('passport', bearer(accessToken))).toEqual([401, undefined]);
  await app.work(() => User.objects.update({ isActive: true }));
});

test('two applications of one process have strategies of their own', async () => {
  await using other = await new SecretWatch().start(AppModule);
  const names = [app, other].map(({ nest }) => nest.get(PassportJwtStrategy).name);
  expect(new Set(names).size).toBe(2);
  const { accessToken } = await tokens.pair(user);
  expect((await other.client.with(bearer(accessToken)).get('/api/v1/plain/passport')).status).toBe(401);
  expect(await get('passport', bearer(accessToken))).toEqual([200, 'jwt']);
});

test('plain controllers are guarded by all backends, or by those that @UseAuth names', async () => {
  const [{ accessToken }, key] = [await tokens.pair(user), await tokens.apiKey(user)];
  expect(await get('any', bearer(accessToken))).toEqual([200, 'jwt']);
  expect(await get('any', { 'x-api-key': key })).toEqual([200, 'api_key']);
  expect(await get('any', {})).toEqual([401, undefined]);
  expect(await get('keys', { 'x-api-key': key })).toEqual([200, 'api_key']);
  expect(await get('keys', bearer(accessToken))).toEqual([401, undefined]);
});

test('@UseAuth with a backend that nobody registered does not start', async () => {
  @UseAuth('ldap')
  @Controller('other')
  class OtherController {}

  @Module({ imports: [AppModule], controllers: [OtherController] })
  class OtherModule {}

  await expect(createTestApp(OtherModule)).rejects.toThrow('no authentication backend "ldap"');
});
