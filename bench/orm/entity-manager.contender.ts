import 'reflect-metadata';
import { Entity, Index, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Contender } from './contenders.js';

@Entity({ tableName: 'posts' })
class Post {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'datetime', length: 3, onCreate: () => new Date() }) createdAt!: Date;
  @Property({ type: 'datetime', length: 3, onCreate: () => new Date(), onUpdate: () => new Date() }) updatedAt!: Date;
  @Property({ type: 'string', length: 200 }) title!: string;
  @Property({ type: 'string', length: 200, unique: true }) slug!: string;
  @Property({ type: 'text' }) content!: string;
  @Index() @Property({ type: 'boolean' }) isPublished: boolean = false;
  @Index() @Property({ type: 'integer' }) viewsCount: number = 0;
  @Property({ type: 'integer', fieldName: 'author_id' }) author!: number;
}

type Work = (em: MikroORM['em'], turn: number) => Promise<number>;

/** MikroORM as it comes: `em.find` and `em.flush` on an EntityManager of its own for each unit of work. */
export async function manageIt(url: string): Promise<Contender> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [Post],
    metadataProvider: ReflectMetadataProvider,
    pool: { max: 15 },
  });
  const page =
    (limit: number): Work =>
    async (em, turn) =>
      (await em.find(Post, {}, { orderBy: { id: 'asc' }, limit, offset: turn })).length;
  const newPost = (slug: string) => ({ title: 'New', slug: `e-${slug}`, content: 'Text.', author: 1 }) as Post;
  const work: Readonly<Record<string, Work>> = {
    'plain rows: 20': page(20),
    'plain rows: 200': page(200),
    'instances: 20': page(20),
    'instances: 200': page(200),
    'one by key': async (em, turn) => ((await em.findOneOrFail(Post, { id: turn + 1 })) ? 1 : 0),
    'filter, order, limit 20': async (em, turn) => {
      const where = { isPublished: true, viewsCount: { $gte: turn % 400 } };
      return (await em.find(Post, where, { orderBy: [{ viewsCount: 'desc' }, { id: 'asc' }], limit: 20 })).length;
    },
    create: async (em, turn) => {
      em.create(Post, newPost(`${turn}`));
      await em.flush();
      return 1;
    },
    'read, change a column, save': async (em, turn) => {
      const post = await em.findOneOrFail(Post, { id: turn + 1 });
      post.title = `Title ${performance.now()}`;
      await em.flush();
      return 1;
    },
    'create 100 at once': async (em, turn) => {
      for (let index = 0; index < 100; index++) em.create(Post, newPost(`${turn}-${index}`));
      await em.flush();
      return 100;
    },
    'walk over 10 000': async (em) => {
      let count = 0;
      for (let last = 0; last < 10_000; em.clear()) {
        const posts = await em.find(Post, { id: { $gt: last, $lte: 10_000 } }, { orderBy: { id: 'asc' }, limit: 1000 });
        count += posts.length;
        last = posts.at(-1)?.id ?? 10_000;
      }
      return count;
    },
  };
  return {
    name: 'em.find, em.flush',
    run: (operation, turn) => work[operation]?.(orm.em.fork(), turn) ?? Promise.resolve(0),
    [Symbol.asyncDispose]: () => orm.close(),
  };
}
