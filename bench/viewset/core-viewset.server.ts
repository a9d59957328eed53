/** The same resource as a ModelViewSet under CoreFactory's defaults, with scope, permissions, filters and pages on. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { BaseModel, CoreOrmModule, Field, Model } from '@core-framework/orm';
import { CoreFactory } from '@core-framework/platform';
import { AllowAny, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';

@Model({ tableName: 'posts' })
class Post extends BaseModel {
  @Field.string({ maxLength: 200 }) title!: string;
  @Field.string({ maxLength: 200, unique: true }) slug!: string;
  @Field.text() content!: string;
  @Field.boolean({ default: false, index: true }) isPublished = false;
  @Field.integer({ default: 0, min: 0, index: true }) viewsCount = 0;
  @Field.integer({ column: 'author_id' }) author!: number;
}

@ViewSet({
  path: 'posts',
  model: Post,
  permissions: [AllowAny],
  pagination: { pageSize: 20, maxPageSize: 100 },
  filter: ['isPublished', { viewsCount: ['exact', 'gte', 'lt'] }],
  search: ['title'],
  ordering: ['createdAt', 'viewsCount'],
})
class PostViewSet extends ModelViewSet<Post> {
  override getQuerySet() {
    return super.getQuerySet().filter({ author__gt: 0 });
  }

  override scope() {
    return { viewsCount__gte: 0 };
  }
}

@Module({ imports: [CoreOrmModule.forRoot(), ViewSetModule.forFeature([PostViewSet])] })
class BenchModule {}

Object.assign(process.env, {
  API_PREFIX: '',
  LOG_LEVEL: 'WARNING',
  ENVIRONMENT: 'staging',
  SECRET_KEY: 'x9'.repeat(9) + 'abcdefghijklmnopqrstuv',
});
const app = await CoreFactory.create(BenchModule);
await app.listen(0, '127.0.0.1');
console.log(`ready ${await app.getUrl()}`);
