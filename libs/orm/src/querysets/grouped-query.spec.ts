import { beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { BLOG_MODELS, Comment, Post, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Avg, Count, Max, Min, Sum } from './aggregate.js';
import { F } from './expression.js';
import { Q } from './q.js';

const byAuthor = () => Post.objects.groupBy('author').annotate({ n: Count(), views: Sum('viewsCount') });

/** Each line must be refused by the compiler, or the type-check fails for an unused `@ts-expect-error`; and at run time. */
const WRONG: readonly (() => unknown)[] = [
  // @ts-expect-error an unknown column
  () => Post.objects.groupBy('writer'),
  // @ts-expect-error a relation to many rows
  () => Post.objects.groupBy('comments'),
  // @ts-expect-error an unknown column of a related row
  () => Post.objects.groupBy('author__name'),
  // @ts-expect-error a part of a text
  () => Post.objects.groupBy('title__year'),
  // @ts-expect-error a part that times do not have
  () => Post.objects.groupBy('createdAt__week'),
  // @ts-expect-error a lookup is no part
  () => Post.objects.groupBy('createdAt__gt'),
  // @ts-expect-error an aggregate of an unknown column
  () => Post.objects.groupBy('author').annotate({ n: Sum('views') }),
  // @ts-expect-error an aggregate of rows behind a relation
  () => Post.objects.groupBy('author').annotate({ n: Count('comments') }),
  // @ts-expect-error the sum of truth values
  () => Post.objects.groupBy('author').annotate({ n: Sum('isPublished') }),
  // @ts-expect-error a condition on an unknown column
  () => Post.objects.groupBy('author').annotate({ n: Count({ filter: Q({ titel: 'x' }) }) }),
  // @ts-expect-error a condition with a wrong value
  () => Post.objects.groupBy('author').annotate({ n: Sum('viewsCount', { filter: Q({ viewsCount__gt: 'x' }) }) }),
  // @ts-expect-error a column is no aggregate of the group
  () => byAuthor().filter({ title: 'x' }),
  // @ts-expect-error an unknown aggregate
  () => byAuthor().filter({ m: 1 }),
  // @ts-expect-error a text for a number
  () => byAuthor().filter({ n__gt: '1' }),
  // @ts-expect-error a text lookup of a number
  () => byAuthor().filter({ n__contains: '1' }),
  // @ts-expect-error an unknown aggregate in a condition
  () => byAuthor().filter(Q({ m: 1 })),
  // @ts-expect-error an order by what is not read
  () => byAuthor().orderBy('title'),
  // @ts-expect-error an order by what is not read, reversed
  () => byAuthor().orderBy('-m'),
  // @ts-expect-error annotate takes no filter
  () => Post.objects.annotate({ n: Count('comments', { filter: Q({ isSpam: true }) }) }),
  () => Post.objects.groupBy('meta'),
  () => Post.objects.groupBy(),
  () => Post.objects.limit(1).groupBy('author'),
  () => Post.objects.groupBy('author').annotate({ author: Count() }),
  () => Post.objects.groupBy('author').annotate({ 'n"; --': Count() }),
  // @ts-expect-error a column of rows
  () => byAuthor().filter({ n__gt: F('viewsCount') }),
  () => byAuthor().limit(1).filter({ n: 1 }),
  () => byAuthor().limit(-1),
];

describe('wrong groups are refused before any SQL', () => {
  test.each(WRONG.map((build) => [String(build).replace(/^\(\) => /, ''), build] as const))('%s', (_text, build) =>
    expect(build).toThrow(InvalidLookupError),
  );
});

describeEachDatabase(BLOG_MODELS, ({ run }) => {
  let [ann, bob] = [0, 0];

  beforeEach(() =>
    run(async () => {
      const users = await User.objects.bulkCreate([{ email: 'ann@example.com' }, { email: 'bob@example.com' }]);
      [ann = 0, bob = 0] = users.map(({ id }) => id);
      const at = (text: string) => new Date(`${text}Z`);
      await Post.objects.bulkCreate([
        {
          title: 'a',
          author: ann,
          viewsCount: 1,
          price: '1.10',
          bytes: 2n ** 60n,
          publishedAt: at('2025-12-31T23:59:59'),
        },
        {
          title: 'b',
          author: ann,
          viewsCount: 2,
          price: '2.20',
          isPublished: true,
          publishedAt: at('2026-01-01T00:00:00'),
        },
        {
          title: 'c',
          author: ann,
          viewsCount: 2,
          price: '0.05',
          isPublished: true,
          publishedAt: at('2026-01-04T13:00:00'),
        },
        { title: 'd', author: bob, viewsCount: 9, price: '4.45', editor: ann },
      ]);
    }),
  );

  test('groups have their keys and their aggregates', () =>
    run(async () => {
      const groups = await Post.objects
        .groupBy('author')
        .annotate({
          n: Count(),
          kinds: Count('viewsCount', { distinct: true }),
          views: Sum('viewsCount'),
          price: Sum('price'),
          bytes: Max('bytes'),
          mean: Avg('viewsCount'),
          first: Min('publishedAt'),
        })
        .orderBy('author')
        .all();
      const typed: readonly {
        author: number;
        n: number;
        views: number | null;
        price: string | null;
        bytes: bigint | null;
        first: Date | null;
      }[] = groups;
      expect(typed).toEqual([
        {
          author: ann,
          n: 3,
          kinds: 2,
          views: 5,
          price: '3.35',
          bytes: 2n ** 60n,
          mean: expect.closeTo(5 / 3),
          first: new Date('2025-12-31T23:59:59Z'),
        },
        { author: bob, n: 1, kinds: 1, views: 9, price: '4.45', bytes: null, mean: 9, first: null },
      ]);
    }));

  test('rows are filtered before, groups after, by values that are bound', () =>
    run(async () => {
      const groups = byAuthor();
      expect(await groups.filter({ n__gt: 1 }).all()).toEqual([{ author: ann, n: 3, views: 5 }]);
      expect(await groups.filter({ views__in: [9] }).all()).toEqual([{ author: bob, n: 1, views: 9 }]);
      expect(await groups.filter({ views__gt: F('n').times(5) }).all()).toEqual([{ author: bob, n: 1, views: 9 }]);
      expect(await groups.filter(Q({ n: 1 }).or(Q({ views: 5 }))).count()).toBe(2);
      expect(await groups.filter({ n: 1 }).filter({ views: 5 }).all()).toEqual([]);
      expect(
        await Post.objects
          .filter({ viewsCount__gt: 1 })
          .groupBy('author')
          .annotate({ n: Count() })
          .filter({ n: 2 })
          .all(),
      ).toEqual([{ author: ann, n: 2 }]);
    }));

  test('groups are sorted, cut off and counted', () =>
    run(async () => {
      const groups = byAuthor();
      expect((await groups.orderBy('-views').all()).map(({ views }) => views)).toEqual([9, 5]);
      expect(await groups.orderBy('-n').first()).toMatchObject({ n: 3 });
      expect(await groups.orderBy('n').offset(1).limit(5).all()).toMatchObject([{ n: 3 }]);
      expect(await groups.count()).toBe(2);
      const byEditor = await Post.objects.groupBy('editor').annotate({ n: Count() }).orderBy('editor').all();
      expect(byEditor).toEqual([
        { editor: ann, n: 1 },
        { editor: null, n: 3 },
      ]);
    }));

  test('conditions choose the rows that an aggregate takes', () =>
    run(async () => {
      const [first] = await Post.objects
        .groupBy('author')
        .annotate({
          published: Count({ filter: Q({ isPublished: true }) }),
          views: Sum('viewsCount', { filter: Q({ title: 'a' }).or(Q({ author__email: 'bob@example.com' })) }),
          kinds: Count('viewsCount', { distinct: true, filter: Q({ viewsCount__gte: 2 }) }),
        })
        .filter({ published__gt: 0 })
        .orderBy('-published')
        .all();
      expect(first).toEqual({ author: ann, published: 2, views: 1, kinds: 1 });
      expect(
        await Post.objects.filter({ viewsCount__lt: 9 }).aggregate({
          all: Count(),
          published: Count({ filter: Q({ isPublished: true }) }),
          price: Sum('price', { filter: Q({ title__in: ['a', 'b'] }) }),
          none: Max('viewsCount', { filter: Q({ title: 'none' }) }),
        }),
      ).toEqual({ all: 3, published: 2, price: '3.30', none: null });
    }));

  test('times are grouped by their parts in UTC', () =>
    run(async () => {
      const groups = await Post.objects
        .groupBy('publishedAt__year', 'publishedAt__month')
        .annotate({ n: Count() })
        .orderBy('publishedAt__year', 'publishedAt__month')
        .all();
      const typed: readonly { publishedAt__year: number | null; n: number }[] = groups;
      expect(typed).toEqual([
        { publishedAt__year: 2025, publishedAt__month: 12, n: 1 },
        { publishedAt__year: 2026, publishedAt__month: 1, n: 2 },
        { publishedAt__year: null, publishedAt__month: null, n: 1 },
      ]);
      const days = await Post.objects
        .filter({ publishedAt__isnull: false })
        .groupBy('publishedAt__date', 'publishedAt__weekday', 'publishedAt__hour', 'publishedAt__day')
        .orderBy('publishedAt__date')
        .all();
      expect(days.map((day) => Object.values(day))).toEqual([
        ['2025-12-31', 3, 23, 31],
        ['2026-01-01', 4, 0, 1],
        ['2026-01-04', 7, 13, 4],
      ]);
    }));

  test('keys lead through relations, and may be annotations', () =>
    run(async () => {
      await Comment.objects.create({ post: await Post.objects.get({ title: 'a' }), body: 'x' });
      expect(await Comment.objects.groupBy('post__author__email').annotate({ n: Count() }).all()).toEqual([
        { post__author__email: 'ann@example.com', n: 1 },
      ]);
      expect(
        await Post.objects
          .annotate({ replies: Count('comments') })
          .groupBy('replies')
          .annotate({ n: Count() })
          .orderBy('replies')
          .all(),
      ).toEqual([
        { replies: 0, n: 3 },
        { replies: 1, n: 1 },
      ]);
    }));
});
