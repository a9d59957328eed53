import { ConflictException, type Principal } from '@core-framework/common';
import {
  atomic,
  BaseModel,
  type Collection,
  Count,
  defineFactory,
  F,
  Field,
  type Manager,
  Model,
  onCommit,
  Q,
  type Ref,
} from '@core-framework/orm';
import { PeriodicTask, Task } from '@core-framework/tasks';
import {
  Action,
  type ActionContext,
  InputSchema,
  Instance,
  IsAuthenticatedOrReadOnly,
  IsOwner,
  ModelViewSet,
  OutputSchema,
  Permission,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { Injectable, Module } from '@nestjs/common';

@Model()
export class Writer extends BaseModel {
  declare static readonly objects: Manager<Writer>;

  @Field.string({ maxLength: 100 }) name!: string;
  @Field.oneToMany(() => Article, (article) => article.author) articles!: Collection<Article>;
}

@Model({ ordering: ['-createdAt'], unique: [['author', 'title']] })
export class Article extends BaseModel {
  declare static readonly objects: Manager<Article>;

  @Field.string({ maxLength: 200 }) title!: string;
  @Field.slug({ from: 'title', unique: true }) slug!: string;
  @Field.text({ blank: true }) body = '';
  @Field.integer({ default: 0, min: 0, index: true }) views = 0;
  @Field.datetime({ nullable: true }) publishedAt?: Date | null;
  @Field.foreignKey(() => Writer, { onDelete: 'cascade' }) author!: Ref<Writer>;
  @Field.manyToMany(() => Topic) topics!: Collection<Topic>;
}

@Model()
export class Topic extends BaseModel {
  declare static readonly objects: Manager<Topic>;

  @Field.string({ maxLength: 50, unique: true }) name!: string;
}

export async function query(id: number) {
  const recent = Article.objects
    .filter({ author__name__icontains: 'ann' })
    .exclude({ publishedAt: null })
    .orderBy('-publishedAt')
    .selectRelated('author')
    .prefetchRelated('topics');
  const either = Article.objects.filter(Q({ views__gt: 100 }).or(Q({ topics__name: 'News' })));
  await Article.objects.filter({ id }).update({ views: F('views').plus(1) });
  const busy = await Writer.objects
    .annotate({ written: Count('articles') })
    .filter({ written__gt: 5 })
    .all();
  const [topic, isNew] = await Topic.objects.getOrCreate({ name: 'News' });

  return { page: await recent.limit(10).all(), either: await either.count(), busy, topic, isNew };
}

export function publish(id: number, tell: (title: string) => void) {
  return atomic(async () => {
    const article = await Article.objects.selectForUpdate().get({ id });
    article.publishedAt = new Date();
    await article.save({ only: ['publishedAt'] });
    onCommit(() => tell(article.title));
  });
}

export class ArticleInput extends InputSchema(Article, { omit: ['author', 'views', 'publishedAt'] }) {
  validate() {
    return this.title === this.title?.toUpperCase() ? { title: 'Do not shout.' } : undefined;
  }
}

export class ArticleOutput extends OutputSchema(Article, { omit: ['body'] }) {}

@Injectable()
export class IsEditor extends Permission {
  override hasPermission({ principal }: ActionContext) {
    return principal.inGroup('editors');
  }
}

@ViewSet({
  path: 'articles',
  model: Article,
  input: ArticleInput,
  output: ArticleOutput,
  lookupField: 'slug',
  permissions: [IsAuthenticatedOrReadOnly],
  permissionsByAction: { update: [IsOwner('author')], destroy: [IsEditor] },
  filter: ['author', { views: ['gte', 'lte'] }],
  search: ['title', 'body'],
  ordering: ['createdAt', 'views'],
  pagination: { style: 'cursor' },
  throttle: '100/minute',
})
export class ArticleViewSet extends ModelViewSet<Article, ArticleInput> {
  override scope(principal: Principal) {
    return principal.isStaff ? undefined : Q({ publishedAt__isnull: false }).or(Q({ author: principal.id }));
  }

  override performCreate(data: ArticleInput, context: ActionContext<Article, ArticleInput>) {
    return super.performCreate({ ...data, author: context.principal.id }, context);
  }

  @Action({ method: 'POST', detail: true, permissions: [IsOwner('author')] })
  async publish(@Instance() article: Article) {
    if (article.publishedAt) throw new ConflictException('It is published already.');
    article.publishedAt = new Date();
    await article.save();
    return { publishedAt: article.publishedAt };
  }
}

@Injectable()
export class ArticleTasks {
  @Task({ queue: 'mail', retry: 5, retryDelay: '60s' })
  async announce(id: number): Promise<void> {
    await Article.objects.get({ id });
  }

  @PeriodicTask({ cron: '0 3 * * *' })
  async forgetDrafts(): Promise<void> {
    await Article.objects.filter({ publishedAt: null, createdAt__lt: new Date(Date.now() - 90 * 86_400_000) }).delete();
  }
}

export const WriterFactory = defineFactory(Writer, (faker) => ({ name: faker.person.fullName() }));

export const ArticleFactory = defineFactory(Article, (faker) => ({
  title: faker.lorem.sentence(),
  author: WriterFactory,
}));

@Module({ imports: [ViewSetModule.forFeature([ArticleViewSet])], providers: [ArticleTasks] })
export class ArticlesModule {}
