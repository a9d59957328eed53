import { beforeEach, describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import {
  DoesNotExistError,
  InvalidLookupError,
  InvalidValueError,
  UniqueViolationError,
  VersionConflictError,
} from '../errors/orm.errors.js';
import { BLOG_MODELS, Country, Post, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { F } from './expression.js';

/** Each line must be refused by the compiler, or the type-check fails for an unused `@ts-expect-error`. */
const WRONG: readonly (() => Promise<unknown>)[] = [
  // @ts-expect-error an unknown column
  () => Post.objects.earliest('titel'),
  // @ts-expect-error a relation to many rows
  () => Post.objects.pluck('comments'),
  // @ts-expect-error a key of another type
  () => Post.objects.inBulk(['1']),
  // @ts-expect-error an unknown column to update
  () => Post.objects.bulkUpdate([new Post()], ['titel']),
  // @ts-expect-error an unknown column that decides
  () => Post.objects.bulkCreate([{}], { updateConflicts: { unique: ['titel'] } }),
];

describeEachDatabase(BLOG_MODELS, ({ run }) => {
  let author = 0;

  beforeEach(() =>
    run(async () => {
      ({ id: author } = await User.objects.create({ email: 'ann@example.com' }));
      await Post.objects.bulkCreate([
        { title: 'a', author, viewsCount: 3, publishedAt: new Date('2026-01-02T00:00:00Z') },
        { title: 'b', author, viewsCount: 1 },
        { title: 'c', author, viewsCount: 2, publishedAt: new Date('2026-01-01T00:00:00Z') },
      ]);
    }),
  );

  test('none() matches nothing, whatever follows', () =>
    run(async () => {
      const none = Post.objects.none();
      expect([await none.all(), await none.count(), await none.exists(), await none.update({ viewsCount: 9 })]).toEqual(
        [[], 0, false, 0],
      );
      expect(await none.filter({ title: 'a' }).getOrNull()).toBeNull();
    }));

  test('reverse() turns the order around', () =>
    run(async () => {
      expect(await Post.objects.orderBy('-viewsCount').reverse().pluck('title')).toEqual(['b', 'c', 'a']);
      expect(await Post.objects.reverse().pluck('title')).toEqual(['c', 'b', 'a']);
      expect(Post.objects.orderBy('-viewsCount', 'title').reverse().ordering).toEqual(['viewsCount', '-title']);
    }));

  test('earliest() and latest() leave out rows without a value', () =>
    run(async () => {
      expect((await Post.objects.earliest('publishedAt')).title).toBe('c');
      expect((await Post.objects.latest('publishedAt')).title).toBe('a');
      await expect(Post.objects.filter({ title: 'b' }).latest('publishedAt')).rejects.toThrow(DoesNotExistError);
    }));

  test('inBulk() answers rows by key, without those that do not match', () =>
    run(async () => {
      const [a = 0, b = 0] = await Post.objects.orderBy('title').pluck('id');
      const rows = await Post.objects.exclude({ title: 'b' }).inBulk([a, b, 999_999]);
      expect([...rows].map(([key, { title }]) => [key, title])).toEqual([[a, 'a']]);
    }));

  test('pluck() answers one column, also of a related row', () =>
    run(async () => {
      const typed: string[] = await Post.objects.orderBy('title').limit(1).pluck('author__email');
      expect(typed).toEqual(['ann@example.com']);
    }));

  test("explain() answers the database's plan and reads no row", () =>
    run(async () => {
      expect(await Post.objects.filter({ title: 'x' }).explain()).toMatch(/posts|t0/);
    }));

  describe('bulkCreate with a rule for conflicts', () => {
    test('ignoreConflicts leaves rows that are there alone', () =>
      run(async () => {
        await Country.objects.create({ code: 'de', name: 'Germany' });
        const rows = [
          { code: 'de', name: 'Deutschland' },
          { code: 'fr', name: 'France' },
        ];
        expect(await Country.objects.bulkCreate(rows, { ignoreConflicts: true })).toBe(1);
        expect(await Country.objects.orderBy('code').pluck('name')).toEqual(['Germany', 'France']);
        await Country.objects.delete();
      }));

    test('updateConflicts writes over them, also by fields unique together; the last of equal rows counts', () =>
      run(async () => {
        const before = await Post.objects.get({ title: 'a' });
        const changed = await Post.objects.bulkCreate(
          [
            { title: 'a', author, slug: 'other', viewsCount: 10 },
            { title: 'a', author, slug: 'other', viewsCount: 11 },
            { title: 'z', author, viewsCount: 12 },
          ],
          { updateConflicts: { unique: ['author', 'title'], update: ['viewsCount'] } },
        );
        expect(changed).toBe(2);
        const after = await (await Post.objects.get({ id: before.id })).refresh();
        expect([after.viewsCount, after.slug, after.version]).toEqual([11, 'a', 2]);
        expect(await Post.objects.count()).toBe(4);
      }));

    test('fields that are not unique decide nothing', () =>
      run(() =>
        expect(
          Post.objects.bulkCreate([{ title: 'a', author }], { updateConflicts: { unique: ['viewsCount'] } }),
        ).rejects.toThrow(InvalidLookupError),
      ));
  });

  describe('bulkUpdate', () => {
    test('writes the named columns only, and counts versions', () =>
      run(async () => {
        const posts = await Post.objects.orderBy('title').all();
        for (const post of posts)
          Object.assign(post, {
            viewsCount: post.viewsCount + 10,
            title: `${post.title}!`,
            price: '2.5',
            publishedAt: null,
          });
        await Post.objects.bulkUpdate(posts, ['viewsCount', 'price', 'publishedAt']);
        expect(
          await Post.objects.orderBy('title').valuesList('title', 'viewsCount', 'price', 'publishedAt', 'version'),
        ).toEqual([
          ['a', 13, '2.50', null, 2],
          ['b', 11, '2.50', null, 2],
          ['c', 12, '2.50', null, 2],
        ]);
        const [first] = posts;
        await first?.save();
        expect(await Post.objects.filter({ title: 'a!', version: 3 }).count()).toBe(1);
      }));

    test('writes nothing when one of the rows was written by somebody else', () =>
      run(async () => {
        const posts = await Post.objects.orderBy('title').all();
        await Post.objects.filter({ title: 'c' }).update({ viewsCount: F('viewsCount').plus(5) });
        for (const post of posts) post.viewsCount = 0;
        await expect(Post.objects.bulkUpdate(posts, ['viewsCount'])).rejects.toThrow(VersionConflictError);
        expect(await Post.objects.orderBy('title').pluck('viewsCount')).toEqual([3, 1, 7]);
        expect(posts.map(({ version }) => version)).toEqual([1, 1, 1]);
      }));

    test('refuses keys and rows that are not stored', () =>
      run(async () => {
        await expect(Post.objects.bulkUpdate([], ['id'])).rejects.toThrow(InvalidValueError);
        await expect(Post.objects.bulkUpdate([new Post()], ['title'])).rejects.toThrow(DoesNotExistError);
      }));
  });

  test('bulkCreate never loses a row to a slug that others make at the same time', async () => {
    // Different titles that make the same slug.
    const batches = Array.from({ length: 8 }, (_, batch) =>
      run(() => Post.objects.bulkCreate([{ title: `Same title${'!'.repeat(batch)}`, author }])),
    );
    await Promise.all(batches);
    await run(async () => {
      const slugs = await Post.objects.filter({ title__startswith: 'Same' }).pluck('slug');
      expect(new Set(slugs).size).toBe(8);
    });
  });

  test('bulkCreate still refuses a slug that was given and is taken', () =>
    run(() =>
      expect(
        Post.objects.bulkCreate([
          { title: 'x', author, slug: 'a' },
          { title: 'y', author },
        ]),
      ).rejects.toThrow(UniqueViolationError),
    ));

  test.each(WRONG.map((ask) => [String(ask).replace(/^\(\) => /, ''), ask] as const))('%s is refused', (_text, ask) =>
    run(() => expect(ask()).rejects.toThrow(CoreError)),
  );
});
