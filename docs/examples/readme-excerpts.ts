/** What READMEs show by a few lines only; it is compiled, not run. */
import {
  BaseModel,
  type Collection,
  CoreOrmModule,
  Count,
  F,
  Field,
  type Manager,
  Model,
  Q,
  type Ref,
  Sum,
} from '@core-framework/orm';
import { InputSchema } from '@core-framework/viewset';

@Model()
class Author extends BaseModel {
  declare static readonly objects: Manager<Author>;

  @Field.string({ maxLength: 80 }) name!: string;
}

@Model()
class Tag extends BaseModel {
  declare static readonly objects: Manager<Tag>;

  @Field.string({ maxLength: 80 }) name!: string;
}

@Model()
class Post extends BaseModel {
  declare static readonly objects: Manager<Post>;

  @Field.string({ maxLength: 80 }) title!: string;
  @Field.boolean({ default: false }) isPublished = false;
  @Field.integer({ default: 0 }) viewsCount = 0;
  @Field.foreignKey(() => Author, { onDelete: 'cascade' }) author!: Ref<Author>;
  @Field.manyToMany(() => Tag) tags!: Collection<Tag>;
  @Field.oneToMany(() => Comment, (comment) => comment.post) comments!: Collection<Comment>;
}

@Model()
class Comment extends BaseModel {
  declare static readonly objects: Manager<Comment>;

  @Field.text() body!: string;
  @Field.foreignKey(() => Post, { onDelete: 'cascade' }) post!: Ref<Post>;
}

@Model({
  unique: [['author', 'slug'], { fields: ['author'], name: 'one_draft', where: Q({ isPublished: false }) }],
  indexes: [['author', 'createdAt']],
  checks: { ends_after_start: Q({ endsOn__gte: F('startsOn') }).or(Q({ endsOn: null })) },
  ordering: ['-createdAt'],
})
export class Campaign extends BaseModel {
  @Field.slug() slug!: string;
  @Field.boolean({ default: false }) isPublished = false;
  @Field.date() startsOn!: string;
  @Field.date({ nullable: true }) endsOn?: string | null;
  @Field.foreignKey(() => Author, { onDelete: 'cascade' }) author!: Ref<Author>;
}

@Model()
class Summary extends BaseModel {
  @Field.integer() posts!: number;
}

class CommentInput extends InputSchema(Comment, { pick: ['body'] }) {}

export class PostInput extends InputSchema(Post, {
  nested: {
    author: ['create', 'connect'],
    tags: ['create', 'connect', 'set'],
    comments: { allow: ['create'], input: CommentInput },
  },
}) {}

export async function compute(posts: Manager<Post>, id: number) {
  await posts.filter({ id }).update({ viewsCount: F('viewsCount').plus(1) });
  await posts.filter({ updatedAt__gt: F('createdAt') }).count();
}

export async function summarize(posts: Manager<Post>) {
  await posts.aggregate({ total: Count(), views: Sum('viewsCount'), authors: Count('author', { distinct: true }) });
  await posts
    .annotate({ commentsCount: Count('comments') })
    .filter({ commentsCount__gt: 2 })
    .orderBy('-commentsCount')
    .all();
  await posts
    .groupBy('author', 'createdAt__year')
    .annotate({ n: Count(), published: Count({ filter: Q({ isPublished: true }) }) })
    .filter({ n__gt: 5 })
    .orderBy('-n')
    .all();
}

export const imports = () => [
  CoreOrmModule.forRoot({ models: [Post] }),
  CoreOrmModule.forRoot({ name: 'reports', url: 'postgresql://…', models: [Summary] }),
  CoreOrmModule.forFeature([Summary], { connection: 'reports' }),
];
