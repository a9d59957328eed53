import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Atomic,
  atomic,
  Avg,
  BaseModel,
  type Collection,
  CoreOrmModule,
  Count,
  F,
  Field,
  InjectManager,
  Manager,
  Model,
  onCommit,
  PlainModel,
  Q,
  type Ref,
  runInContext,
  SoftDelete,
  Sum,
  timezone,
  VersionConflictError,
} from '@core-framework/orm';

class ArticleManager extends Manager<Article> {
  published() {
    return this.filter({ publishedAt__lte: timezone.now() });
  }

  popular(reads: number) {
    return this.published().filter({ reads__gte: reads }).orderBy('-reads', 'title');
  }
}

@Model()
class Writer extends BaseModel {
  declare static readonly objects: Manager<Writer>;

  @Field.string({ maxLength: 80 }) name!: string;
  @Field.email({ unique: true }) email!: string;
  @Field.oneToMany(() => Article, (article) => article.writer) articles!: Collection<Article>;
}

@Model()
class Topic extends BaseModel {
  declare static readonly objects: Manager<Topic>;

  @Field.string({ maxLength: 40, unique: true }) name!: string;
  @Field.manyToMany(() => Article, (article) => article.topics) articles!: Collection<Article>;
}

@Model({ ordering: ['title'] })
class Article extends SoftDelete(BaseModel) {
  static readonly managerClass = ArticleManager;
  declare static readonly objects: ArticleManager;

  @Field.string({ maxLength: 200 }) title!: string;
  @Field.slug({ from: 'title', unique: true }) slug!: string;
  @Field.integer({ default: 0, min: 0 }) reads = 0;
  @Field.integer({ default: 0, min: 0 }) shares = 0;
  @Field.datetime({ nullable: true }) publishedAt?: Date | null;
  @Field.foreignKey(() => Writer, { onDelete: 'cascade' }) writer!: Ref<Writer>;
  @Field.manyToMany(() => Topic) topics!: Collection<Topic>;
  @Field.version() version!: number;
}

@Model({ primaryKey: ['writer', 'topic'] })
class Expertise extends PlainModel {
  declare static readonly objects: Manager<Expertise>;

  @Field.foreignKey(() => Writer, { onDelete: 'cascade' }) writer!: Ref<Writer>;
  @Field.foreignKey(() => Topic, { onDelete: 'cascade' }) topic!: Ref<Topic>;
  @Field.integer({ default: 1, min: 1, max: 5 }) level = 1;
}

@Model({ connection: 'reports' })
class DailyReport extends BaseModel {
  declare static readonly objects: Manager<DailyReport>;

  @Field.date({ unique: true }) day!: string;
  @Field.integer({ min: 0 }) articles!: number;
}

@Injectable()
class Newsroom {
  readonly announced: string[] = [];

  constructor(@InjectManager(Article) private readonly articles: ArticleManager) {}

  @Atomic({ retries: 3 })
  async publish(slug: string) {
    const article = await this.articles.selectForUpdate().get({ slug });
    article.publishedAt ??= timezone.now();
    await article.save();
    onCommit(() => this.announced.push(article.title));
    return article;
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
    CoreOrmModule.forRoot({ name: 'reports', url: 'sqlite://:memory:', schema: 'update' }),
    CoreOrmModule.forFeature([Writer, Topic, Article, Expertise, DailyReport]),
  ],
  providers: [Newsroom],
})
class MagazineModule {}

async function fill() {
  const ann = await Writer.objects.create({ name: 'Ann', email: 'ann@example.com' });
  const [bob, isNew] = await Writer.objects.getOrCreate({ email: 'bob@example.com' }, { name: 'Bob' });
  await Article.objects.bulkCreate([
    { title: 'Moss', writer: ann, reads: 40, publishedAt: new Date('2026-01-05T08:00Z') },
    { title: 'Ferns', writer: ann, reads: 10, shares: 6, publishedAt: new Date('2026-02-01T08:00Z') },
    { title: 'Trees', writer: bob, reads: 30 },
  ]);
  // Writers that are there already, by their address, get the new name.
  const written = await Writer.objects.bulkCreate([{ name: 'Bob B.', email: 'bob@example.com' }], {
    updateConflicts: { unique: ['email'] },
  });
  return { isNew, written };
}

async function look() {
  const articles = Article.objects.filter({ writer__email__endswith: '@example.com', reads__range: [10, 40] });
  const recent = articles.exclude({ publishedAt: null }).orderBy('-publishedAt');
  const titles = await recent.pluck('title');
  const [newest] = await recent.values('title', 'writer__name', 'publishedAt');
  const isKnown = await Article.objects.filter({ slug: 'moss' }).exists();

  return { titles, newest, isKnown };
}

async function combine() {
  const unread = Q({ reads__lt: 20 }).or(Q({ publishedAt: null }));
  const anns = await Article.objects.filter(unread.and(Q({ writer__name: 'Ann' }))).pluck('title');
  const shared = await Article.objects.filter({ shares__gt: F('reads').dividedBy(2) }).count();
  // By the database, so that no increment is lost.
  await Article.objects.filter({ slug: 'moss' }).update({ reads: F('reads').plus(1) });

  return { anns, shared };
}

async function summarize() {
  const totals = await Article.objects.aggregate({ articles: Count(), reads: Sum('reads'), mean: Avg('reads') });
  const writers = await Writer.objects
    .annotate({ written: Count('articles'), reads: Sum('articles__reads') })
    .filter({ written__gt: 1 })
    .orderBy('-reads')
    .values('name', 'written', 'reads');
  const months = await Article.objects
    .published()
    .groupBy('publishedAt__month')
    .annotate({ n: Count(), read: Count({ filter: Q({ reads__gte: 20 }) }) })
    .orderBy('publishedAt__month')
    .all();

  return { totals, writers, months };
}

async function relate(moss: Article) {
  const topics = await Topic.objects.bulkCreate([{ name: 'Green' }, { name: 'Damp' }]);
  await Article.objects.setLinks('topics', moss, topics);
  const [article] = await Article.objects
    .filter({ topics__name: 'Damp' })
    .selectRelated('writer')
    .prefetchRelated('topics')
    .all();

  return article && [article.writer.unwrap().name, ...article.topics.getItems().map(({ name }) => name)];
}

async function join(writer: Ref<Writer>) {
  const green = await Topic.objects.get({ name: 'Green' });
  const damp = await Topic.objects.get({ name: 'Damp' });
  await Expertise.objects.bulkCreate([
    { writer, topic: green },
    { writer, topic: damp, level: 3 },
  ]);
  const expertise = await Expertise.objects.get({ writer, topic: green });
  expertise.level = 5;
  await expertise.save();

  return Expertise.objects.filter({ writer, level__gt: 2 }).orderBy('-level').pluck('topic__name');
}

async function edit(ferns: Article) {
  const stale = await runInContext(() => Article.objects.get({ id: ferns.id }));
  ferns.shares = 3;
  await ferns.save();
  try {
    stale.shares = 9;
    await stale.save();
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    await stale.refresh();
  }
  ferns.reads += 1;
  await Article.objects.bulkUpdate([ferns], ['reads']);
  return stale.shares;
}

async function throwAway(ferns: Article) {
  await ferns.softDelete();
  const alive = await Article.objects.count();
  const bin = await Article.objects.onlyDeleted().pluck('title');
  await ferns.restore();

  return { alive, bin, all: await Article.objects.withDeleted().count() };
}

async function keepApart() {
  await atomic(async () => {
    await Topic.objects.create({ name: 'Kept' });
    await atomic(async () => {
      await Topic.objects.create({ name: 'Undone' });
      throw new Error('Only the inner part is undone.');
    }).catch(() => undefined);
  });
  return Topic.objects.filter({ name__in: ['Kept', 'Undone'] }).pluck('name');
}

async function report() {
  const day = timezone.today();
  const articles = await Article.objects.count();
  const [row] = await DailyReport.objects.updateOrCreate({ day }, { articles });
  await atomic(() => row.touch(), { connection: 'reports' });

  return DailyReport.objects.pluck('articles');
}

function opening() {
  // Half past eight in Lisbon, where summer time began that night.
  return timezone.parse('2026-03-29T08:30', 'Europe/Lisbon');
}

const app = await NestFactory.createApplicationContext(MagazineModule, { logger: false });

export const outcome = await runInContext(async () => {
  const filled = await fill();
  const newsroom = app.get(Newsroom);
  const seen = { ...(await look()), ...(await combine()), ...(await summarize()) };
  const moss = await Article.objects.get({ slug: 'moss' });
  const related = await relate(moss);
  const known = await join(moss.writer);
  const ferns = await Article.objects.get({ slug: 'ferns' });
  const shares = await edit(ferns);
  const deleted = await throwAway(ferns);
  await newsroom.publish('trees');

  return {
    filled,
    seen,
    related,
    known,
    shares,
    deleted,
    announced: newsroom.announced,
    popular: await Article.objects.popular(20).pluck('title'),
    topics: await keepApart(),
    reports: await report(),
    opening: opening(),
  };
});
await app.close();
