import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { Database } from '../context/database.js';
import { runInContext } from '../context/run-in-context.js';
import { CoreOrmModule } from '../core-orm.module.js';
import { DoesNotExistError } from '../errors/orm.errors.js';
import { Repository } from '../repositories/repository.js';
import { BLOG_MODELS, Post, User } from '../testing/blog.models.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { Folder, SOFT_DELETION_MODELS } from '../testing/soft-deletion.models.js';
import { onCommit } from '../transactions/atomic.js';
import { DATABASE } from '../core-orm.tokens.js';
import { Service } from './service.js';

@Injectable()
class Log {
  readonly lines: string[] = [];
}

@Injectable()
class PostRepository extends Repository(Post) {
  popular() {
    return this.filter({ viewsCount__gte: 10 }).orderBy('-viewsCount').all();
  }
}

@Injectable()
class PublishedPosts extends Repository(Post) {
  override query() {
    return this.objects.filter({ isPublished: true });
  }
}

@Injectable()
class FolderRepository extends Repository(Folder) {}

@Injectable()
class FolderService extends Service(FolderRepository) {}

@Injectable()
class PostService extends Service(PostRepository) {
  constructor(private readonly log: Log) {
    super();
  }

  popular() {
    return this.repository.popular();
  }

  protected override async beforeCreate(values: Parameters<PostRepository['create']>[0]) {
    return { viewsCount: 10, ...values };
  }

  protected override async afterCreate(post: Post) {
    onCommit(() => this.log.lines.push(`created ${post.title}`));
    if (post.title === 'undone') throw new Error('no');
  }

  protected override async beforeDelete(post: Post) {
    this.log.lines.push(`deleting ${post.title}`);
    if (post.title === 'kept') throw new Error('no');
  }
}

const MODELS = [...BLOG_MODELS, ...SOFT_DELETION_MODELS];

@Module({
  imports: [CoreOrmModule.forFeature(MODELS)],
  providers: [Log, PostRepository, PublishedPosts, PostService, FolderRepository, FolderService],
})
class PostsModule {}

describe.each(await scratchDatabases('orm_services'))('on %s', (_kind, { drop, url }) => {
  let app: INestApplicationContext;
  let author = 0;

  beforeEach(async () => {
    @Module({ imports: [CoreOrmModule.forRoot({ url, schema: 'update' }), PostsModule] })
    class AppModule {}
    app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    await run(async () => {
      await Post.objects.delete();
      await Folder.objects.withDeleted().delete();
      await User.objects.delete();
      ({ id: author } = await User.objects.create({ email: 'ann@example.com' }));
    });
  });

  afterEach(() => app.close());
  afterAll(drop);

  const run = <T>(work: () => Promise<T>): Promise<T> => runInContext(work, { database: app.get<Database>(DATABASE) });

  test('a repository reads one row, some rows, and pages', () =>
    run(async () => {
      const posts = app.get(PostRepository);
      const made = await posts.createMany(
        ['a', 'b', 'c'].map((title, viewsCount) => ({ title, author, viewsCount: viewsCount * 10 })),
      );
      const [first] = made;
      if (!first) throw new Error('nothing was made');
      expect((await posts.get(first.id)).title).toBe('a');
      expect(await posts.getById(-1)).toBeNull();
      await expect(posts.get(-1)).rejects.toThrow(DoesNotExistError);
      expect((await posts.findBy({ viewsCount__gte: 10 })).length).toBe(2);
      expect((await posts.findOneBy({ title: 'b' }))?.viewsCount).toBe(10);
      expect(await posts.findOneBy({ title: 'x' })).toBeNull();
      const [rows, total] = await posts.getMulti({ skip: 1, limit: 1 });
      expect([rows.map(({ title }) => title), total]).toEqual([['b'], 3]);
      expect(await posts.paginate({ page: 2, perPage: 2 })).toMatchObject({
        items: [{ title: 'c' }],
        total: 3,
        page: 2,
        pages: 2,
        hasNext: false,
      });
      expect(
        (await posts.paginate({ perPage: 2 }, posts.filter({ viewsCount__gt: 0 }).orderBy('-title'))).items.map(
          ({ title }) => title,
        ),
      ).toEqual(['c', 'b']);
      expect([await posts.exists({ title: 'a' }), await posts.count(), await posts.count({ title: 'a' })]).toEqual([
        true,
        3,
        1,
      ]);
      expect((await posts.popular()).map(({ title }) => title)).toEqual(['c', 'b']);
      // @ts-expect-error an unknown column
      await expect(async () => posts.findBy({ titel: 'x' })).rejects.toThrow('titel');
    }));

  test('a repository writes one row and many', () =>
    run(async () => {
      const posts = app.get(PostRepository);
      const { id } = await posts.create({ title: 'a', author });
      expect(await posts.update(id, { title: 'b' })).toMatchObject({ id, title: 'b', version: 2 });
      expect(await posts.update(-1, { title: 'b' })).toBeNull();
      expect(await posts.updateMany({ title: 'b' }, { viewsCount: 5 })).toBe(1);
      expect(await posts.delete(id)).toBe(true);
      expect(await posts.delete(id)).toBe(false);
      await posts.createMany([
        { title: 'x', author },
        { title: 'y', author },
      ]);
      expect(await posts.deleteMany({ title__in: ['x', 'z'] })).toBe(1);
    }));

  test('an overridden query limits every method', () =>
    run(async () => {
      const [all, published] = [app.get(PostRepository), app.get(PublishedPosts)];
      const [draft, post] = await all.createMany([
        { title: 'draft', author },
        { title: 'post', author, isPublished: true },
      ]);
      if (!draft || !post) throw new Error('nothing was made');
      expect([await published.getById(draft.id), await published.update(draft.id, { title: 'x' })]).toEqual([
        null,
        null,
      ]);
      expect([
        await published.delete(draft.id),
        await published.updateMany({}, { viewsCount: 1 }),
        await published.count(),
      ]).toEqual([false, 1, 1]);
      expect((await published.getMulti())[1]).toBe(1);
    }));

  test('rows that can be soft-deleted are, and come back', () =>
    run(async () => {
      const folders = app.get(FolderRepository);
      const { id } = await folders.create({ name: 'a' });
      expect([await folders.softDelete(id), await folders.softDelete(id), await folders.getById(id)]).toEqual([
        true,
        false,
        null,
      ]);
      expect([await folders.restore(id), await folders.restore(id), (await folders.getById(id))?.name]).toEqual([
        true,
        false,
        'a',
      ]);
      const service = app.get(FolderService);
      expect([
        await service.softDelete(id),
        await service.softDelete(id),
        await service.restore(id),
        await service.count(),
      ]).toEqual([true, false, true, 1]);
      // @ts-expect-error posts cannot be soft-deleted
      await expect(async () => app.get(PostRepository).softDelete(1)).rejects.toThrow('not soft-deleted');
    }));

  describe('a service', () => {
    test('runs hooks around writes, in their transaction', () =>
      run(async () => {
        const [service, log] = [app.get(PostService), app.get(Log)];
        const post = await service.create({ title: 'a', author });
        expect([post.viewsCount, log.lines]).toEqual([10, ['created a']]);
        await expect(service.create({ title: 'undone', author })).rejects.toThrow('no');
        await expect(
          service.createMany([
            { title: 'b', author },
            { title: 'undone', author },
          ]),
        ).rejects.toThrow('no');
        expect([await service.count(), log.lines]).toEqual([1, ['created a']]);
        expect(await service.update(post.id, { title: 'kept' })).toMatchObject({ title: 'kept' });
        await expect(service.delete(post.id)).rejects.toThrow('no');
        expect(await service.exists({ title: 'kept' })).toBe(true);
        await service.update(post.id, { title: 'gone' });
        expect([await service.delete(post.id), await service.delete(post.id)]).toEqual([true, false]);
        expect(log.lines.slice(1)).toEqual(['deleting kept', 'deleting gone']);
      }));

    test('reads through its repository', () =>
      run(async () => {
        const service = app.get(PostService);
        const [post] = await service.createMany([
          { title: 'a', author },
          { title: 'b', author },
        ]);
        if (!post) throw new Error('nothing was made');
        expect((await service.get(post.id)).title).toBe('a');
        await expect(service.get(-1)).rejects.toThrow(DoesNotExistError);
        expect(await service.update(-1, { title: 'x' })).toBeNull();
        expect((await service.getMulti({ limit: 1 }))[1]).toBe(2);
        expect((await service.paginate({ perPage: 1 })).pages).toBe(2);
        expect(await service.getById(post.id)).toBe(await service.get(post.id));
        expect(await service.popular()).toHaveLength(2);
      }));
  });
});
