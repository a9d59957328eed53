import 'reflect-metadata';
import {
  BaseModel,
  CoreOrmModule,
  DATABASE,
  type Database,
  Field,
  type Manager,
  Model,
  runInContext,
} from '@core-framework/orm';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Contender } from './contenders.js';

@Model({ tableName: 'posts' })
class Post extends BaseModel {
  declare static readonly objects: Manager<Post>;

  @Field.string({ maxLength: 200 }) title!: string;
  @Field.string({ maxLength: 200, unique: true }) slug!: string;
  @Field.text() content!: string;
  @Field.boolean({ default: false, index: true }) isPublished = false;
  @Field.integer({ default: 0, index: true }) viewsCount = 0;
  @Field.integer({ column: 'author_id' }) author!: number;
}

/** QuerySets and models of this framework. */
export async function queryIt(url: string): Promise<Contender> {
  @Module({ imports: [CoreOrmModule.forRoot({ url, models: [Post] })] })
  class BenchModule {}

  const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['error'] });
  const database = app.get<Database>(DATABASE);
  const posts = Post.objects;
  const newPost = (slug: string) => ({ title: 'New', slug: `q-${slug}`, content: 'Text.', author: 1 });
  const work: Readonly<Record<string, (turn: number) => Promise<number>>> = {
    'plain rows: 20': async (turn) => (await posts.orderBy('id').limit(20).offset(turn).values()).length,
    'plain rows: 200': async (turn) => (await posts.orderBy('id').limit(200).offset(turn).values()).length,
    'instances: 20': async (turn) => (await posts.orderBy('id').limit(20).offset(turn).all()).length,
    'instances: 200': async (turn) => (await posts.orderBy('id').limit(200).offset(turn).all()).length,
    'one by key': async (turn) => ((await posts.get({ id: turn + 1 })) ? 1 : 0),
    'filter, order, limit 20': async (turn) =>
      (
        await posts
          .filter({ isPublished: true, viewsCount__gte: turn % 400 })
          .orderBy('-viewsCount', 'id')
          .limit(20)
          .all()
      ).length,
    create: async (turn) => ((await posts.create(newPost(`${turn}`))) ? 1 : 0),
    'read, change a column, save': async (turn) => {
      const post = await posts.get({ id: turn + 1 });
      post.title = `Title ${performance.now()}`;
      await post.save();
      return 1;
    },
    'create 100 at once': async (turn) =>
      (await posts.bulkCreate(Array.from({ length: 100 }, (_, index) => newPost(`${turn}-${index}`)))).length,
    'walk over 10 000': async () => {
      let count = 0;
      for await (const post of posts.filter({ id__lte: 10_000 }).iterate()) count += post.id > 0 ? 1 : 0;
      return count;
    },
  };
  return {
    name: 'QuerySet',
    run: (operation, turn) => runInContext(() => work[operation]?.(turn) ?? Promise.resolve(0), { database }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
