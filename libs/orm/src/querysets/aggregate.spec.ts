import { beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { BLOG_MODELS, Comment, Post, Tag, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Avg, Count, Max, Min, Sum } from './aggregate.js';
import { F } from './expression.js';
import { Q } from './q.js';

/** Each line must be refused by the compiler, or the type-check fails for an unused `@ts-expect-error`; and at run time. */
const WRONG_ANNOTATIONS: readonly (() => unknown)[] = [
  // @ts-expect-error an unknown relation
  () => Post.objects.annotate({ n: Count('remarks') }),
  // @ts-expect-error a column of the query itself
  () => Post.objects.annotate({ n: Sum('viewsCount') }),
  // @ts-expect-error a relation to one row
  () => Post.objects.annotate({ n: Count('author') }),
  // @ts-expect-error rows have no sum
  () => Post.objects.annotate({ n: Sum('comments') }),
  // @ts-expect-error an unknown column of a related row
  () => User.objects.annotate({ n: Sum('posts__views') }),
  // @ts-expect-error the sum of truth values
  () => Post.objects.annotate({ n: Sum('comments__isSpam') }),
  // @ts-expect-error two relations to many rows
  () => User.objects.annotate({ n: Count('posts__comments') }),
  // @ts-expect-error the name of a field
  () => Post.objects.annotate({ title: Count('comments') }),
  // @ts-expect-error an annotation that does not exist
  () => Post.objects.annotate({ n: Count('comments') }).filter({ m: 1 }),
  // @ts-expect-error a text for a number
  () => Post.objects.annotate({ n: Count('comments') }).filter({ n__gt: '1' }),
  // @ts-expect-error an unknown order
  () => Post.objects.annotate({ n: Count('comments') }).orderBy('m'),
  // @ts-expect-error no aggregate
  () => Post.objects.annotate({ n: 'comments' }),
  () => Post.objects.annotate({ save: Count('comments') }),
  () => Post.objects.annotate({ 'n"; drop table posts; --': Count('comments') }),
  () => Post.objects.annotate({ n__gt: Count('comments') }),
];
const WRONG_AGGREGATES: readonly (() => Promise<unknown>)[] = [
  // @ts-expect-error an unknown column
  () => Post.objects.aggregate({ n: Sum('views') }),
  // @ts-expect-error a relation to many rows
  () => Post.objects.aggregate({ n: Count('comments') }),
  // @ts-expect-error the mean of truth values
  () => Post.objects.aggregate({ n: Avg('isPublished') }),
  // @ts-expect-error no aggregate
  () => Post.objects.aggregate({ n: 'viewsCount' }),
  () => Post.objects.aggregate({ n: Sum('title') }),
  () => Post.objects.aggregate({}),
  () => Post.objects.aggregate({ 'n"': Count() }),
  () => Post.objects.limit(1).aggregate({ n: Count() }),
];

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;

  beforeEach(() =>
    run(async () => {
      const ann = await User.objects.create({ email: 'ann@example.com' });
      const bob = await User.objects.create({ email: 'bob@example.com' });
      const [alpha, beta, gamma] = await Post.objects.bulkCreate([
        { title: 'alpha', author: ann, viewsCount: 1, price: '1.10', rating: 1.5, bytes: 2n ** 60n, day: '2026-01-01' },
        { title: 'beta', author: ann, editor: bob, viewsCount: 2, price: '2.20', bytes: 1n, day: '2026-02-01' },
        { title: 'gamma', author: bob, viewsCount: 4, price: '4.45', publishedAt: new Date('2026-01-01T00:00:00Z') },
      ]);
      if (!alpha || !beta || !gamma) throw new Error('the world is incomplete');
      const [red, green] = await Tag.objects.bulkCreate([{ name: 'red' }, { name: 'green' }]);
      await Post.objects.setLinks('tags', alpha.id, [red, green]);
      await Post.objects.setLinks('tags', beta.id, [red]);
      for (const body of ['a', 'b', 'c']) await Comment.objects.create({ post: alpha, body });
      await Comment.objects.create({ post: beta, body: 'd', isSpam: true });
    }),
  );

  test('values of all matching rows, by one statement', () =>
    run(async () => {
      const values = await Post.objects.aggregate({
        total: Count(),
        edited: Count('editor'),
        authors: Count('author', { distinct: true }),
        views: Sum('viewsCount'),
        mean: Avg('viewsCount'),
        price: Sum('price'),
        meanPrice: Avg('price'),
        bytes: Sum('bytes'),
        rating: Avg('rating'),
        first: Min('day'),
        published: Max('publishedAt'),
        last: Max('title'),
        email: Min('author__email'),
      });
      const typed: { views: number | null; price: string | null; bytes: bigint | null; published: Date | null } =
        values;
      expect(typed).toEqual({
        total: 3,
        edited: 1,
        authors: 2,
        views: 7,
        mean: expect.closeTo(7 / 3),
        price: '7.75',
        meanPrice: '2.58',
        bytes: 2n ** 60n + 1n,
        rating: 1.5,
        first: '2026-01-01',
        published: new Date('2026-01-01T00:00:00Z'),
        last: 'gamma',
        email: 'ann@example.com',
      });
    }));

  test('no rows have the count 0 and else nothing', () =>
    run(async () => {
      const none = Post.objects.filter({ title: 'none' });
      expect(await none.aggregate({ n: Count(), sum: Sum('viewsCount'), min: Min('title') })).toEqual({
        n: 0,
        sum: null,
        min: null,
      });
    }));

  test('annotations never multiply rows', () =>
    run(async () => {
      const posts = Post.objects.annotate({ comments_: Count('comments'), tags_: Count('tags') }).orderBy('title');
      const rows = await posts.all();
      expect(rows.map((post) => [post.title, post.comments_, post.tags_])).toEqual([
        ['alpha', 3, 2],
        ['beta', 1, 1],
        ['gamma', 0, 0],
      ]);
      expect(await posts.count()).toBe(3);
      expect((await posts.limit(1).offset(1).values('title', 'comments_'))[0]).toEqual({ title: 'beta', comments_: 1 });
    }));

  test('an annotated row is an ordinary instance', () =>
    run(async () => {
      const post = await Post.objects
        .annotate({ n: Count('comments') })
        .selectRelated('author')
        .get({ title: 'alpha' });
      expect([post.n, post.author.unwrap().email]).toEqual([3, 'ann@example.com']);
      post.title = 'other';
      await post.save();
      expect(post.toDict()).not.toHaveProperty('n');
    }));

  test('filters, orders and plain rows know them', () =>
    run(async () => {
      const posts = Post.objects.annotate({ n: Count('comments') });
      const titles = async (found: typeof posts) => (await found.values('title')).map(({ title }) => title);
      expect(await titles(posts.orderBy('-n'))).toEqual(['alpha', 'beta', 'gamma']);
      expect(await titles(posts.filter({ n: 1 }))).toEqual(['beta']);
      expect(await titles(posts.filter({ n__in: [0, 3] }).orderBy('n'))).toEqual(['gamma', 'alpha']);
      expect(await titles(posts.filter(Q({ n__gt: 2 }).or(Q({ title: 'gamma' }))).orderBy('title'))).toEqual([
        'alpha',
        'gamma',
      ]);
      expect(await titles(posts.exclude({ n__gte: 1 }))).toEqual(['gamma']);
      expect(await titles(posts.filter({ n__gt: F('viewsCount') }))).toEqual(['alpha']);
      expect(await posts.filter({ n__gte: 1 }).count()).toBe(2);
      expect(await posts.filter({ n__gte: 1 }).aggregate({ most: Max('n'), sum: Sum('n') })).toEqual({
        most: 3,
        sum: 4,
      });
      expect((await posts.filter({ n: 1 }).values())[0]).toMatchObject({ title: 'beta', n: 1 });
      expect(await posts.distinct().orderBy('n').values('n')).toEqual([{ n: 0 }, { n: 1 }, { n: 3 }]);
      expect(await posts.filter({ n: 0 }).update({ viewsCount: 9 })).toBe(1);
    }));

  test('sums, means and extremes of related rows, also behind a relation to one', () =>
    run(async () => {
      const [ann] = await User.objects
        .annotate({ views: Sum('posts__viewsCount'), mean: Avg('posts__rating'), last: Max('posts__price') })
        .orderBy('email')
        .values('views', 'mean', 'last');
      expect(ann).toEqual({ views: 3, mean: 1.5, last: '2.20' });
      const [comment] = await Comment.objects
        .filter({ body: 'a' })
        .annotate({ tags_: Count('post__tags'), siblings: Min('post__comments__body') })
        .all();
      expect([comment?.tags_, comment?.siblings]).toEqual([2, 'a']);
      const [red] = await Tag.objects
        .annotate({ n: Count('posts__editor') })
        .orderBy('-n')
        .values('name', 'n');
      expect(red).toEqual({ name: 'red', n: 1 });
    }));

  test('two annotations of one name do not share a statement', () =>
    run(async () => {
      const sum = async (posts: { values(): Promise<unknown> }) =>
        ((await posts.values()) as { n: number }[]).reduce((total, { n }) => total + n, 0);
      expect(await sum(Post.objects.annotate({ n: Count('comments') }))).toBe(4);
      expect(await sum(Post.objects.annotate({ n: Count('tags') }))).toBe(3);
    }));

  test.each(WRONG_AGGREGATES.map((ask) => [String(ask).replace(/^\(\) => /, ''), ask] as const))(
    '%s is refused before any SQL',
    (_text, ask) => run(() => expect(ask()).rejects.toThrow(InvalidLookupError)),
  );
});

describe('wrong annotations are refused before any SQL', () => {
  test.each(WRONG_ANNOTATIONS.map((build) => [String(build).replace(/^\(\) => /, ''), build] as const))(
    '%s',
    (_text, build) => expect(build).toThrow(InvalidLookupError),
  );
});
