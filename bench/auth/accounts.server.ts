/** A resource that everybody may read, with accounts: what callers cost who show a token, and what sign-ins cost. */
import 'reflect-metadata';
import { AbstractUser, AuthModule, PermissionsMixin, type UserManager } from '@core-framework/auth';
import { BaseModel, CoreOrmModule, Field, type Manager, Model, runInContext } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import { AllowAny, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';

@Model({ tableName: 'users' })
class User extends PermissionsMixin(AbstractUser) {
  declare static readonly objects: UserManager<User>;
}

@Model({ tableName: 'posts' })
class Post extends BaseModel {
  declare static readonly objects: Manager<Post>;
  @Field.string({ maxLength: 200 }) title!: string;
  @Field.string({ maxLength: 200 }) slug!: string;
  @Field.text() content!: string;
  @Field.boolean({ default: false }) isPublished = false;
  @Field.integer({ default: 0 }) viewsCount = 0;
}

@ViewSet({ model: Post, permissions: [AllowAny] })
class PostViewSet extends ModelViewSet<Post> {}

@Module({
  imports: [
    CoreOrmModule.forRoot({ schema: 'update' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
    ViewSetModule.forFeature([PostViewSet]),
  ],
})
class BenchModule {}

Object.assign(process.env, {
  API_PREFIX: '',
  LOG_LEVEL: 'WARNING',
  RATE_LIMIT_REQUESTS: '1000000000',
  AUTH_THROTTLE_ENABLED: 'false',
  AUTH_PASSWORD_HASHER: 'argon2',
  ENVIRONMENT: 'testing',
  SECRET_KEY: 'x9'.repeat(9) + 'abcdefghijklmnopqrstuv',
});
const app = await CoreFactory.create(BenchModule);
await app.init();
await runInContext(async () => {
  await User.objects.createUser({ email: 'ann@example.com', password: 'correct horse' });
  const content = 'Lorem ipsum dolor sit amet. '.repeat(20);
  for (let n = 0; n < 100; n++) await Post.objects.create({ title: `Post ${n}`, slug: `post-${n}`, content });
});
await app.listen(0, '127.0.0.1');
console.log(`ready ${await app.getUrl()}`);
