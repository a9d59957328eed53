/** The same resource as a ModelViewSet under CoreFactory's defaults, with scope, permissions, filters and pages on. */
import 'reflect-metadata';
import { AUTHENTICATOR, type Authenticator, type Principal, UnauthorizedException } from '@core-framework/common';
import { type FactoryProvider, Global, Module, type Type } from '@nestjs/common';
import { BaseModel, CoreOrmModule, Field, Model } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import { AllowAny, IsOwner, ModelViewSet, ViewSet, ViewSetModule, type ViewSetOptions } from '@core-framework/viewset';
import type { FastifyRequest } from 'fastify';

@Model({ tableName: 'posts' })
class Post extends BaseModel {
  @Field.string({ maxLength: 200 }) title!: string;
  @Field.string({ maxLength: 200, unique: true }) slug!: string;
  @Field.text() content!: string;
  @Field.boolean({ default: false, index: true }) isPublished = false;
  @Field.integer({ default: 0, min: 0, index: true }) viewsCount = 0;
  @Field.integer({ column: 'author_id' }) author!: number;
}

const POSTS = {
  model: Post,
  permissions: [IsOwner('author')],
  permissionsByAction: { list: [AllowAny], retrieve: [AllowAny] },
  filter: ['isPublished', { viewsCount: ['exact', 'gte', 'lt'] }],
  search: ['title'],
  ordering: ['createdAt', 'viewsCount'],
} satisfies ViewSetOptions<Post>;

const PAGES = { pageSize: 20, maxPageSize: 100 };

@ViewSet({ ...POSTS, path: 'posts', pagination: PAGES })
class PostViewSet extends ModelViewSet<Post> {
  override getQuerySet() {
    return super.getQuerySet().filter({ author__gt: 0 });
  }

  override scope() {
    return { viewsCount__gte: 0 };
  }
}

@ViewSet({ ...POSTS, path: 'uncounted-posts', pagination: { ...PAGES, count: 'none' } })
class UncountedPostViewSet extends PostViewSet {}

/** Believes whoever names a user by `Authorization: Bearer <id>`: what tokens cost is another benchmark's matter. */
class NamedUser implements Authenticator {
  readonly challenge = 'Bearer';

  authenticate({ headers }: FastifyRequest): Principal | null {
    if (headers.authorization === undefined) return null;
    const [, id] = /^Bearer (\d+)$/.exec(headers.authorization) ?? [];
    if (id === undefined) throw new UnauthorizedException();
    return {
      id: Number(id),
      isAuthenticated: true,
      isActive: true,
      isStaff: false,
      isSuperuser: false,
      hasPermission: () => false,
      inGroup: () => false,
    };
  }
}

/** A further resource, with a model of its own, for the cost of having many. */
function makeViewSet(number: number): Type<ModelViewSet<BaseModel>> {
  @Model({ tableName: `things_${number}` })
  class Thing extends BaseModel {
    @Field.string({ maxLength: 200 }) name!: string;
    @Field.text() description!: string;
    @Field.boolean({ default: false, index: true }) isActive = false;
    @Field.integer({ default: 0, index: true }) amount = 0;
  }

  @ViewSet({
    path: `things-${number}`,
    model: Thing,
    permissions: [IsOwner('id')],
    permissionsByAction: { list: [AllowAny], retrieve: [AllowAny] },
    filter: ['isActive', { amount: ['exact', 'gte', 'lt'] }],
    search: ['name'],
    ordering: ['createdAt', 'amount'],
  })
  class ThingViewSet extends ModelViewSet<Thing> {}
  return ThingViewSet;
}

const further = Array.from({ length: Number(process.env.BENCH_VIEWSETS ?? 1) - 1 }, (_, index) => makeViewSet(index));
const authenticator: FactoryProvider = { provide: AUTHENTICATOR, useFactory: () => new NamedUser() };

@Global()
@Module({
  imports: [CoreOrmModule.forRoot(), ViewSetModule.forFeature([PostViewSet, UncountedPostViewSet, ...further])],
  providers: [authenticator],
  exports: [AUTHENTICATOR],
})
class BenchModule {}

Object.assign(process.env, {
  API_PREFIX: '',
  LOG_LEVEL: 'WARNING',
  // On, and never reached.
  RATE_LIMIT_REQUESTS: '1000000000',
  ENVIRONMENT: 'staging',
  SECRET_KEY: 'x9'.repeat(9) + 'abcdefghijklmnopqrstuv',
});
const app = await CoreFactory.create(BenchModule);
await app.listen(0, '127.0.0.1');
console.log(`ready ${await app.getUrl()}`);
