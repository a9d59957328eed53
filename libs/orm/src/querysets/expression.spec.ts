import { beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidLookupError, InvalidValueError } from '../errors/orm.errors.js';
import { runInContext } from '../context/run-in-context.js';
import { BLOG_MODELS, Comment, Post, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { type Expression, F } from './expression.js';
import { Q } from './q.js';
import type { QuerySet } from './query-set.js';

/** Each line must be refused by the compiler, or the type-check fails for an unused `@ts-expect-error`; and at run time. */
const WRONG_LOOKUPS: readonly (() => unknown)[] = [
  // @ts-expect-error an unknown column
  () => Post.objects.filter({ updatedAt__gt: F('createdOn') }),
  // @ts-expect-error a time against a number
  () => Post.objects.filter({ updatedAt__gt: F('viewsCount') }),
  // @ts-expect-error a computation of a text
  () => Post.objects.filter({ viewsCount__gt: F('title').plus(1) }),
  // @ts-expect-error a computation against a text
  () => Post.objects.filter({ title: F('viewsCount').plus(1) }),
  // @ts-expect-error a big number in a computation of small ones
  () => Post.objects.filter({ viewsCount: F('viewsCount').plus(1n) }),
  // @ts-expect-error a column in a list
  () => Post.objects.filter({ viewsCount__in: F('viewsCount') }),
  // @ts-expect-error a column in a search of text
  () => Post.objects.filter({ title__contains: F('slug') }),
  // @ts-expect-error a column through a relation to many rows
  () => Post.objects.filter({ createdAt__lt: F('comments__createdAt') }),
  // @ts-expect-error a column of the related model instead of the own one
  () => User.objects.filter({ posts__createdAt__gt: F('publishedAt') }),
  // @ts-expect-error inside of a condition
  () => Post.objects.filter(Q({ viewsCount: F('titel') })),
];
const WRONG_NUMBERS: readonly (() => unknown)[] = [
  // @ts-expect-error a text as a number
  () => Post.objects.filter({ viewsCount: F('viewsCount').plus('1; drop table posts') }),
  () => Post.objects.filter({ viewsCount: F('viewsCount').plus(Number.NaN) }),
  () => Post.objects.filter({ viewsCount: F('viewsCount').times(Infinity) }),
  () => Post.objects.filter({ viewsCount: F('viewsCount').dividedBy(0) }),
  () => Post.objects.where({ viewsCount: F('viewsCount"; drop table posts; --') }),
];
const WRONG_CHANGES: readonly (() => Promise<number>)[] = [
  // @ts-expect-error an unknown column to set
  () => Post.objects.update({ titel: F('title') }),
  // @ts-expect-error a value of a wrong type
  () => Post.objects.update({ viewsCount: '1' }),
  // @ts-expect-error an unknown column to read
  () => Post.objects.update({ viewsCount: F('views').plus(1) }),
  // @ts-expect-error a column of another table
  () => Post.objects.update({ title: F('author__email') }),
  // @ts-expect-error a text for a number
  () => Post.objects.update({ viewsCount: F('title') }),
  // @ts-expect-error a number for a text
  () => Post.objects.update({ title: F('viewsCount').plus(1) }),
  // @ts-expect-error a small number in a computation of big ones
  () => Post.objects.update({ bytes: F('bytes').plus(1) }),
  // Which numbers are whole is only known at run time.
  () => Post.objects.update({ viewsCount: F('viewsCount').times(1.5) }),
  () => Post.objects.update({ viewsCount: F('rating') }),
];

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;
  let id: number;

  beforeEach(() =>
    run(async () => {
      const author = await User.objects.create({ email: 'ann@example.com' });
      const post = await Post.objects.create({ title: 'a', author, viewsCount: 7, rating: 2.5, bytes: 2n ** 53n });
      await Post.objects.create({ title: 'b', author, editor: author, viewsCount: 1, slug: 'other' });
      await Comment.objects.create({ post, body: 'a' });
      id = post.id;
    }),
  );
  const changed = (change: (post: QuerySet<Post>) => Promise<number>) =>
    run(async () => {
      expect(await change(Post.objects.filter({ id }))).toBe(1);
      return Post.objects.get({ id });
    });
  const found = (build: () => { count(): Promise<number> }) => run(() => build().count());

  test('50 parallel increments add exactly 50', async () => {
    await Promise.all(
      Array.from({ length: 50 }, () =>
        runInContext(() => Post.objects.filter({ id }).update({ viewsCount: F('viewsCount').plus(1) }), under),
      ),
    );
    expect((await run(() => Post.objects.get({ id }))).viewsCount).toBe(57);
  });

  test.each<[string, Expression<'viewsCount' | 'id', number>, (id: number) => number]>([
    ['plus', F('viewsCount').plus(3), () => 10],
    ['minus', F('viewsCount').minus(3), () => 4],
    ['times', F('viewsCount').times(-2), () => -14],
    ['a whole quotient', F('viewsCount').dividedBy(2), () => 3],
    ['from left to right', F('viewsCount').plus(1).times(2), () => 16],
    ['of two columns', F('viewsCount').plus(F('id').times(2)), (key) => 7 + 2 * key],
  ])('%s', async (_name, viewsCount, expected) => {
    expect((await changed((post) => post.update({ viewsCount }))).viewsCount).toBe(expected(id));
  });

  test('fractions, big integers and other columns', async () => {
    const post = await changed((post) =>
      post.update({ rating: F('rating').plus(F('viewsCount')).dividedBy(2), bytes: F('bytes').plus(1n) }),
    );
    expect([post.rating, post.bytes]).toEqual([4.75, 2n ** 53n + 1n]);
    expect(
      (await changed((post) => post.update({ slug: F('title'), publishedAt: F('createdAt'), editor: F('author') })))
        .slug,
    ).toBe('a');
  });

  test('what a column divides that holds 0 is empty', async () => {
    await changed((post) => post.update({ viewsCount: 0 }));
    expect(
      (await changed((post) => post.update({ rating: F('rating').dividedBy(F('viewsCount')) }))).rating,
    ).toBeNull();
  });

  test('an update counts the version and writes the automatic times', async () => {
    const before = await run(() => Post.objects.get({ id }));
    const after = await changed((post) => post.update({ viewsCount: F('viewsCount').plus(1) }));
    expect(after.version).toBe(before.version + 1);
    expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(before.updatedAt.getTime());
  });

  test('columns are compared with columns', async () => {
    expect(await found(() => Post.objects.filter({ slug: F('title') }))).toBe(1);
    expect(await found(() => Post.objects.exclude({ slug: F('title') }))).toBe(1);
    expect(await found(() => Post.objects.filter({ updatedAt__gte: F('createdAt') }))).toBe(2);
    expect(await found(() => Post.objects.filter({ updatedAt__lt: F('createdAt') }))).toBe(0);
    expect(await found(() => Post.objects.filter({ editor: F('author') }))).toBe(1);
    expect(await found(() => Post.objects.filter({ viewsCount__gt: F('rating').times(2) }))).toBe(1);
    expect(await found(() => Post.objects.filter(Q({ viewsCount__gt: F('viewsCount').minus(1) }).not()))).toBe(0);
  });

  test('columns of related rows, and of the row itself behind a relation to many', async () => {
    expect(await found(() => Post.objects.filter({ createdAt__gte: F('author__createdAt') }))).toBe(2);
    expect(await found(() => Post.objects.filter({ comments__body: F('title') }))).toBe(1);
    expect(await found(() => Post.objects.filter({ comments__body: F('slug'), title: 'b' }))).toBe(0);
  });

  test('other numbers reuse the statement and are bound', async () => {
    const sql = (step: number) =>
      run(async () => Post.objects.filter({ viewsCount: F('viewsCount').plus(step) }).toSql());
    const [one, two] = [await sql(12345), await sql(54321)];
    expect(one.sql).toBe(two.sql);
    expect(one.sql).not.toContain('12345');
    expect([one.parameters, two.parameters]).toEqual([[12345], [54321]]);
    expect((await sql(0.5)).sql).not.toBe(one.sql);
  });

  test.each(WRONG_CHANGES.map((change) => [String(change).replace(/^\(\) => /, ''), change] as const))(
    '%s is refused before any SQL',
    (_text, change) =>
      run(async () => {
        const error: unknown = await change().catch((thrown: unknown) => thrown);
        expect(error instanceof InvalidValueError || error instanceof InvalidLookupError).toBe(true);
      }),
  );
});

describe('wrong expressions are refused before any SQL', () => {
  test.each(
    [...WRONG_LOOKUPS, ...WRONG_NUMBERS].map((build) => [String(build).replace(/^\(\) => /, ''), build] as const),
  )('%s', (_text, build) => {
    expect(build).toThrow(InvalidLookupError);
  });
});
