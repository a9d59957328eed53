import { describe, expect, test } from '@jest/globals';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { Comment, Post, User } from '../testing/blog.models.js';
import { Q } from './q.js';

/** Each line must be refused by the compiler, or the type-check fails for an unused `@ts-expect-error`; and at run time. */
const WRONG: readonly (() => unknown)[] = [
  // @ts-expect-error an unknown field
  () => Post.objects.filter({ titel: 'x' }),
  // @ts-expect-error a number for a text
  () => Post.objects.filter({ title: 1 }),
  // @ts-expect-error a text for a number
  () => Post.objects.filter({ viewsCount: '1' }),
  // @ts-expect-error a text for a truth value
  () => Post.objects.filter({ isPublished: 'yes' }),
  // @ts-expect-error a text for a time
  () => Post.objects.filter({ publishedAt__lt: '2026-01-01' }),
  // @ts-expect-error a number for a big integer
  () => Post.objects.filter({ bytes: 1 }),
  // @ts-expect-error an unknown lookup
  () => Post.objects.filter({ title__like: 'x' }),
  // @ts-expect-error a text lookup on a number
  () => Post.objects.filter({ viewsCount__contains: 1 }),
  // @ts-expect-error a comparison of truth values
  () => Post.objects.filter({ isPublished__gt: true }),
  // @ts-expect-error a comparison of chosen words
  () => Post.objects.filter({ state__gt: 'draft' }),
  // @ts-expect-error a range of chosen words
  () => Post.objects.filter({ state__range: ['draft', 'final'] }),
  // @ts-expect-error a part of a chosen word
  () => Post.objects.filter({ state__contains: 'draft' }),
  // @ts-expect-error one value where a list is asked for
  () => Post.objects.filter({ viewsCount__in: 1 }),
  // @ts-expect-error a list of the wrong type
  () => Post.objects.filter({ viewsCount__in: ['1'] }),
  // @ts-expect-error a range of three
  () => Post.objects.filter({ viewsCount__range: [1, 2, 3] }),
  // @ts-expect-error isnull takes a truth value
  () => Post.objects.filter({ publishedAt__isnull: 1 }),
  // @ts-expect-error undefined
  () => Post.objects.filter({ title: undefined }),
  // @ts-expect-error an unknown field of a related model
  () => Post.objects.filter({ author__name: 'x' }),
  // @ts-expect-error a wrong value two relations away
  () => Comment.objects.filter({ post__author__isActive: 'x' }),
  // @ts-expect-error a path through a column
  () => Post.objects.filter({ title__author: 'x' }),
  // @ts-expect-error an unknown field behind a relation to many rows
  () => User.objects.filter({ posts__titel: 'x' }),
  // @ts-expect-error a truth value for a related row
  () => Post.objects.filter({ author: true }),
  // @ts-expect-error a text lookup on a relation
  () => Post.objects.filter({ author__contains: 'x' }),
  // @ts-expect-error a year of a text
  () => Post.objects.filter({ title__year: 2026 }),
  // @ts-expect-error a method
  () => Post.objects.filter({ save: 1 }),
  // @ts-expect-error an unknown field in exclude
  () => Post.objects.exclude({ titel: 'x' }),
  // @ts-expect-error a wrong value in a condition
  () => Post.objects.filter(Q({ viewsCount: 'x' })),
  // @ts-expect-error a wrong value in the second of two conditions
  () => Post.objects.filter(Q({ viewsCount: 1 }).or(Q({ titel: 'x' }))),
  // @ts-expect-error an unknown order
  () => Post.objects.orderBy('-titel'),
  // @ts-expect-error an order by many rows
  () => Post.objects.orderBy('comments'),
  // @ts-expect-error an unknown order behind a relation
  () => Post.objects.orderBy('author__name'),
  // @ts-expect-error only takes columns
  () => Post.objects.only('comments'),
  // @ts-expect-error a column is no relation
  () => Post.objects.selectRelated('title'),
  // @ts-expect-error a column is no relation
  () => Post.objects.prefetchRelated('title'),
];

describe('the compiler and the run-time check refuse the same', () => {
  test.each(WRONG.map((build) => [String(build).replace(/^\(\) => /, ''), build] as const))('%s', (_text, build) => {
    expect(build).toThrow(InvalidLookupError);
  });
});

test('what is right compiles and is accepted', async () => {
  const author = Object.assign(new User(), { id: 1 });
  const posts = Post.objects
    .filter({
      title__icontains: 'x',
      viewsCount__in: [1, 2],
      publishedAt: null,
      state: 'draft',
      author,
      author__country__name: 'x',
    })
    .filter(
      Q({ isPublished: true })
        .or(Q({ isPublished: false }))
        .and(Q({ comments__isSpam: false })),
    )
    .exclude({ author__in: [1, author], tags__name: 'x', price__range: ['1.00', '2.00'], day__gte: '2026-01-01' })
    .orderBy('-createdAt', 'author__email')
    .selectRelated('author', 'author__country')
    .prefetchRelated('tags', 'comments__post');
  // Types of plain rows, checked by the compiler only.
  const plain = (): Promise<
    { title: string; author: number; author__country__name: string | null; bytes: bigint | null | undefined }[]
  > => posts.values('title', 'author', 'author__country__name', 'bytes');
  const lists = (): Promise<(readonly [number, string])[]> => posts.valuesList('id', 'slug');
  expect([typeof plain, typeof lists]).toEqual(['function', 'function']);
  expect(posts.ordering).toEqual(['-createdAt', 'author__email']);
});
