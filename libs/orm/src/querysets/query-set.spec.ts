import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  DoesNotExistError,
  InvalidLookupError,
  MultipleObjectsReturnedError,
  NoContextError,
} from '../errors/orm.errors.js';
import { BLOG_MODELS, Comment, Country, Post, Profile, Tag, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Count } from './aggregate.js';
import type { DynamicLookups } from './condition.js';
import { Q } from './q.js';
import type { QuerySet } from './query-set.js';

/** A key that the compiler does not know. */
const key = (name: string): string => name;

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;
  let ids: Record<'ann' | 'bob' | 'alpha' | 'beta' | 'gamma', number>;

  beforeEach(() =>
    run(async () => {
      await Country.objects.bulkCreate([
        { code: 'NO', name: 'Norway' },
        { code: 'SE', name: 'Sweden' },
      ]);
      const [ann, bob] = await User.objects.bulkCreate([
        { email: 'ann@example.com', country: 'NO' },
        { email: 'bob@example.com', isActive: false },
      ]);
      const posts = await Post.objects.bulkCreate([
        {
          title: 'Alpha 100% sure',
          author: ann,
          editor: bob,
          viewsCount: 10,
          isPublished: true,
          publishedAt: new Date('2025-12-31T23:59:59.999Z'),
          day: '2025-12-31',
          price: '1.50',
          rating: 1.5,
          bytes: 9007199254740993n,
        },
        {
          title: 'beta_two',
          author: ann,
          viewsCount: 20,
          publishedAt: new Date('2026-01-01T00:00:00Z'),
          day: '2026-01-01',
          price: '20.00',
        },
        {
          title: 'Gamma\\thréE',
          author: bob,
          viewsCount: 30,
          state: 'final',
          token: '0190163d-8694-739b-aea5-966c26f8ad91',
        },
      ]);
      const [red, green] = await Tag.objects.bulkCreate([{ name: 'red' }, { name: 'green' }]);
      const [alpha, beta, gamma] = posts;
      if (!ann || !bob || !alpha || !beta || !gamma || !red || !green) throw new Error('the world is incomplete');
      await Post.objects.setLinks('tags', alpha.id, [red, green]);
      await Post.objects.setLinks('tags', beta.id, [red]);
      await Comment.objects.bulkCreate([
        { post: alpha, body: 'nice' },
        { post: alpha, body: 'spam', isSpam: true },
        { post: beta, body: 'nice' },
      ]);
      await Profile.objects.create({ user: ann, biography: 'Writes.' });
      ids = { ann: ann.id, bob: bob.id, alpha: alpha.id, beta: beta.id, gamma: gamma.id };
    }),
  );

  const names = (posts: QuerySet<Post>) =>
    run(async () => (await posts.orderBy('id').values('slug')).map(({ slug }) => slug.split('-')[0]));

  test.each<[DynamicLookups, string[]]>([
    [{ viewsCount: 20 }, ['beta_two']],
    [{ viewsCount__exact: 20 }, ['beta_two']],
    [{ viewsCount__gt: 20 }, ['gammathree']],
    [{ viewsCount__gte: 20 }, ['beta_two', 'gammathree']],
    [{ viewsCount__lt: 20 }, ['alpha']],
    [{ viewsCount__lte: 20 }, ['alpha', 'beta_two']],
    [{ viewsCount__range: [15, 30] }, ['beta_two', 'gammathree']],
    [{ viewsCount__in: [10, 30, 99] }, ['alpha', 'gammathree']],
    [{ viewsCount__in: [] }, []],
    [{ isPublished: false }, ['beta_two', 'gammathree']],
    [{ title__contains: 'a_t' }, ['beta_two']],
    [{ title__contains: '100%' }, ['alpha']],
    [{ title__contains: 'A_T' }, []],
    [{ title__icontains: 'A_T' }, ['beta_two']],
    [{ title__icontains: 'a\\T' }, ['gammathree']],
    [{ title__icontains: '%' }, ['alpha']],
    [{ title__startswith: 'beta' }, ['beta_two']],
    [{ title__startswith: 'Beta' }, []],
    [{ title__istartswith: 'BETA' }, ['beta_two']],
    [{ title__endswith: 'thréE' }, ['gammathree']],
    [{ title__endswith: 'thrée' }, []],
    [{ title__iendswith: 'THRÉE' }, ['gammathree']],
    [{ title__iexact: 'BETA_TWO' }, ['beta_two']],
    [{ title__icontains: 'HRÉ' }, ['gammathree']],
    [{ title__contains: 'HRÉ' }, []],
    [{ title__iexact: 'betaxtwo' }, []],
    [{ title: 'BETA_TWO' }, []],
    [{ publishedAt: null }, ['gammathree']],
    [{ publishedAt__isnull: false }, ['alpha', 'beta_two']],
    [{ publishedAt__lt: new Date('2026-01-01T00:00:00Z') }, ['alpha']],
    [{ publishedAt: new Date('2025-12-31T23:59:59.999Z') }, ['alpha']],
    [{ publishedAt__in: [new Date('2026-01-01T00:00:00Z')] }, ['beta_two']],
    [{ publishedAt__year: 2025 }, ['alpha']],
    [{ publishedAt__month: 1, publishedAt__day: 1 }, ['beta_two']],
    [{ day__year: 2025 }, ['alpha']],
    [{ day__month: 12 }, ['alpha']],
    [{ day__gte: '2026-01-01' }, ['beta_two']],
    [{ price: '1.50' }, ['alpha', 'gammathree']],
    [{ price__gt: '9.00' }, ['beta_two']],
    [{ price__in: ['20.00'] }, ['beta_two']],
    [{ bytes: 9007199254740993n }, ['alpha']],
    [{ bytes__in: [9007199254740993n] }, ['alpha']],
    [{ bytes__lt: 9007199254740993n }, []],
    [{ state: 'final' }, ['gammathree']],
    [{ token: '0190163d-8694-739b-aea5-966c26f8ad91' }, ['gammathree']],
    [{ token__in: ['0190163d-8694-739b-aea5-966c26f8ad91'] }, ['gammathree']],
    [{ author__email: 'ann@example.com' }, ['alpha', 'beta_two']],
    [{ author__country__name__startswith: 'Nor' }, ['alpha', 'beta_two']],
    [{ author__country__isnull: true }, ['gammathree']],
    [{ editor: null }, ['beta_two', 'gammathree']],
    [{ editor__isActive: false }, ['alpha']],
    [{ tags__name: 'red' }, ['alpha', 'beta_two']],
    [{ tags__name__in: ['green'] }, ['alpha']],
    [{ tags__isnull: true }, ['gammathree']],
    [{ comments__body: 'spam' }, ['alpha']],
    [{ comments__body: 'nice', comments__isSpam: true }, []],
    [{ comments__isnull: false }, ['alpha', 'beta_two']],
    [{ author__profile__biography: 'Writes.' }, ['alpha', 'beta_two']],
    [{ author__profile__isnull: true }, ['gammathree']],
    [{}, ['alpha', 'beta_two', 'gammathree']],
  ])('%p finds the same rows on every database', async (lookups, expected) => {
    expect(await names(Post.objects.where(lookups))).toEqual(expected);
  });

  test('relations take rows, references and keys', async () => {
    await run(async () => {
      const ann = await User.objects.get({ email: 'ann@example.com' });
      expect(await Post.objects.filter({ author: ann }).count()).toBe(2);
      expect(await Post.objects.filter({ author: ann.id }).count()).toBe(2);
      expect(await Post.objects.filter({ author__in: [ann] }).count()).toBe(2);
    });
  });

  test('exclude drops matching rows and keeps those for which it cannot be told', async () => {
    expect(await names(Post.objects.exclude({ publishedAt__year: 2025 }))).toEqual(['beta_two', 'gammathree']);
    expect(await names(Post.objects.exclude({ editor__email: 'bob@example.com' }))).toEqual(['beta_two', 'gammathree']);
    expect(await names(Post.objects.exclude({ comments__isSpam: true }))).toEqual(['beta_two', 'gammathree']);
    expect(await names(Post.objects.exclude({ viewsCount: 10, isPublished: false }))).toEqual([
      'alpha',
      'beta_two',
      'gammathree',
    ]);
  });

  test('conditions combine by and, or and not', async () => {
    const cheap = Q({ price: '1.50' });
    expect(await names(Post.objects.filter(cheap.and(Q({ viewsCount__gt: 10 }))))).toEqual(['gammathree']);
    expect(await names(Post.objects.filter(Q({ viewsCount: 20 }).or(Q({ tags__name: 'green' }))))).toEqual([
      'alpha',
      'beta_two',
    ]);
    expect(await names(Post.objects.filter(cheap.not()))).toEqual(['beta_two']);
    expect(
      await names(
        Post.objects.filter(
          cheap
            .or(Q({ viewsCount: 20 }))
            .not()
            .or(Q({ state: 'final' })),
        ),
      ),
    ).toEqual(['gammathree']);
  });

  test('sorts in both directions, with empty columns at the end of the ascending order', async () => {
    const order = async (...keys: string[]) =>
      run(async () => (await Post.objects.orderBy(...keys).values('viewsCount')).map((row) => row.viewsCount));
    expect(await order('-viewsCount')).toEqual([30, 20, 10]);
    expect(await order('publishedAt')).toEqual([10, 20, 30]);
    expect(await order('-publishedAt')).toEqual([30, 20, 10]);
    expect(await order('-author__email', '-viewsCount')).toEqual([30, 20, 10]);
    expect(await order('editor__email', '-viewsCount')).toEqual([10, 30, 20]);
  });

  test('pages by limit and offset', () =>
    run(async () => {
      const posts = Post.objects.orderBy('viewsCount');
      const views = async (page: QuerySet<Post>) => (await page.all()).map(({ viewsCount }) => viewsCount);
      expect(await views(posts.limit(2))).toEqual([10, 20]);
      expect(await views(posts.offset(1))).toEqual([20, 30]);
      expect(await views(posts.limit(1).offset(1))).toEqual([20]);
      expect(await views(posts.limit(0))).toEqual([]);
      expect(await posts.limit(2).count()).toBe(2);
      expect(await posts.offset(5).exists()).toBe(false);
      expect(() => posts.limit(-1)).toThrow(InvalidLookupError);
      expect(() => posts.offset(1e19)).toThrow(InvalidLookupError);
      expect(() => posts.limit(1).filter({ viewsCount: 1 })).toThrow(InvalidLookupError);
    }));

  test('first and last go by the key when no order is given', () =>
    run(async () => {
      expect((await Post.objects.first())?.id).toBe(ids.alpha);
      expect((await Post.objects.last())?.id).toBe(ids.gamma);
      expect((await Post.objects.orderBy('-viewsCount').first())?.id).toBe(ids.gamma);
      expect((await Post.objects.orderBy('-viewsCount').last())?.id).toBe(ids.alpha);
      expect(await Post.objects.filter({ viewsCount: 99 }).first()).toBeNull();
      expect(await Post.objects.limit(0).first()).toBeNull();
    }));

  test('get takes exactly one row', () =>
    run(async () => {
      expect((await Post.objects.get({ slug: 'beta_two' })).id).toBe(ids.beta);
      expect(await Post.objects.getOrNull({ slug: 'none' })).toBeNull();
      await expect(Post.objects.get({ slug: 'none' })).rejects.toBeInstanceOf(DoesNotExistError);
      await expect(Post.objects.get({ author: ids.ann })).rejects.toBeInstanceOf(MultipleObjectsReturnedError);
      await expect(Post.objects.filter({ author: ids.ann }).getOrNull()).rejects.toBeInstanceOf(
        MultipleObjectsReturnedError,
      );
    }));

  test('plain rows follow relations to one row', () =>
    run(async () => {
      const posts = Post.objects.orderBy('id');
      expect(await posts.values('title', 'author', 'author__country__name', 'editor__email')).toEqual([
        {
          title: 'Alpha 100% sure',
          author: ids.ann,
          author__country__name: 'Norway',
          editor__email: 'bob@example.com',
        },
        { title: 'beta_two', author: ids.ann, author__country__name: 'Norway', editor__email: null },
        { title: 'Gamma\\thréE', author: ids.bob, author__country__name: null, editor__email: null },
      ]);
      expect(await posts.valuesList('viewsCount', 'isPublished')).toEqual([
        [10, true],
        [20, false],
        [30, false],
      ]);
      expect(await Post.objects.distinct().orderBy('price').values('price')).toEqual([
        { price: '1.50' },
        { price: '20.00' },
      ]);
      await expect(Post.objects.distinct().orderBy('id').values('price')).rejects.toBeInstanceOf(InvalidLookupError);
    }));

  test('related rows come with the statement or one statement per relation', () =>
    run(async () => {
      under.database.entityManager().clear();
      const joined = await Post.objects.selectRelated('author__country', 'editor').get({ id: ids.alpha });
      expect(joined.author.isInitialized()).toBe(true);
      expect(joined.author.getEntity().country?.getEntity().name).toBe('Norway');
      expect(joined.editor?.getEntity().isActive).toBe(false);
      under.database.entityManager().clear();
      const users = await User.objects
        .orderBy('id')
        .prefetchRelated('posts', 'posts__tags', 'posts__comments', 'profile', 'country')
        .all();
      expect(users.map(({ posts }) => posts.getItems().map(({ title }) => title))).toEqual([
        ['Alpha 100% sure', 'beta_two'],
        ['Gamma\\thréE'],
      ]);
      expect(users[0]?.posts[0]?.tags.getItems().map(({ name }) => name)).toEqual(['red', 'green']);
      expect(users[1]?.posts[0]?.comments.getItems()).toEqual([]);
      expect(users[0]?.profile?.getEntity().biography).toBe('Writes.');
      expect(users[1]?.profile ?? null).toBeNull();
      expect(users[0]?.country?.getEntity().name).toBe('Norway');
    }));

  test('only and defer load some columns', () =>
    run(async () => {
      under.database.entityManager().clear();
      expect(Object.keys((await Post.objects.only('title').get({ id: ids.alpha })).toDict())).toContain('title');
      under.database.entityManager().clear();
      const post = await Post.objects.defer('title').get({ id: ids.alpha });
      expect(post.title).toBeUndefined();
      expect(post.viewsCount).toBe(10);
    }));

  test('update and delete work on what matches, across relations too', () =>
    run(async () => {
      const { version, updatedAt } = await Post.objects.get({ id: ids.alpha });
      expect(
        await Post.objects.filter({ author__email: 'ann@example.com' }).update({ viewsCount: 0, editor: null }),
      ).toBe(2);
      const alpha = await Post.objects.get({ id: ids.alpha });
      expect(alpha).toMatchObject({ viewsCount: 0, editor: null, version: version + 1 });
      expect(alpha.updatedAt.getTime()).toBeGreaterThanOrEqual(updatedAt.getTime());
      expect(await Comment.objects.filter({ post__author: ids.ann, isSpam: true }).delete()).toBe(1);
      expect(await Comment.objects.count()).toBe(2);
      expect(await Post.objects.update({})).toBe(0);
      await expect(Post.objects.limit(1).delete()).rejects.toBeInstanceOf(InvalidLookupError);
    }));

  test('getOrCreate and updateOrCreate', () =>
    run(async () => {
      const [made, isNew] = await Tag.objects.getOrCreate({ name: 'blue' });
      expect(isNew).toBe(true);
      expect(await Tag.objects.getOrCreate({ name: 'blue' })).toEqual([made, false]);
      const [user, created] = await User.objects.updateOrCreate({ email: 'ann@example.com' }, { isActive: false });
      expect([user.isActive, created]).toEqual([false, false]);
      expect((await User.objects.updateOrCreate({ email: 'new@example.com' }, { isActive: false }))[1]).toBe(true);
      expect(await User.objects.filter({ isActive: false }).count()).toBe(3);
    }));

  test('of many who create the same at once, one does and all get it', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => run(() => User.objects.getOrCreate({ email: 'race@example.com' }))),
    );
    expect(outcomes.filter(([, created]) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(([{ id }]) => id)).size).toBe(1);
    const updates = await Promise.all(
      Array.from({ length: 8 }, () =>
        run(() => User.objects.updateOrCreate({ email: 'second@example.com' }, { isActive: false })),
      ),
    );
    expect(updates.filter(([, created]) => created)).toHaveLength(1);
    expect(new Set(updates.map(([{ id }]) => id)).size).toBe(1);
  });

  test('a QuerySet is immutable and asks anew each time', () =>
    run(async () => {
      const all = Tag.objects.orderBy('name');
      all.filter({ name: 'red' });
      expect(await all.count()).toBe(2);
      await Tag.objects.create({ name: 'blue' });
      expect(await all.count()).toBe(3);
    }));

  test('tells whether conditions alone say which rows are meant', () =>
    run(async () => {
      const found = Post.objects.filter({ viewsCount__gt: 0 }).exclude({ author__email: 'x' }).orderBy('-title');
      expect(found.isConditional).toBe(true);
      for (const other of [
        found.limit(1),
        found.offset(1),
        found.distinct(),
        found.selectForUpdate(),
        found.annotate({ commentsCount: Count('comments') }),
        found.using('default'),
      ]) {
        expect(other.isConditional).toBe(false);
      }
    }));

  test('using takes another EntityManager and its transaction', async () => {
    const em = under.database.orm.em.fork();
    await em.begin();
    await Tag.objects.using(em).create({ name: 'mine' });
    expect(await Tag.objects.using(em).filter({ name: 'mine' }).exists()).toBe(true);
    await em.rollback();
    expect(await run(() => Tag.objects.filter({ name: 'mine' }).exists())).toBe(false);
  });

  describe('refuses', () => {
    test.each<[string, () => unknown, RegExp]>([
      ['an unknown field', () => Post.objects.where({ titel: 'x' }), /"titel", which is not a field of Post/],
      ['an unknown field of a related model', () => Post.objects.where({ author__name: 'x' }), /not a field of User/],
      ['an unknown lookup', () => Post.objects.where({ title__like: 'x' }), /lookup "title__like"/],
      ['a lookup that the type does not have', () => Post.objects.where({ viewsCount__contains: 1 }), /no "contains"/],
      ['a value of a wrong type', () => Post.objects.where({ viewsCount: '1' }), /wrong kind/],
      ['an operator object', () => Post.objects.where({ title: { $ne: 'x' } }), /wrong kind/],
      ['a list where one value is asked for', () => Post.objects.where({ title: ['x'] }), /wrong kind/],
      ['undefined', () => Post.objects.where({ title: undefined }), /wrong kind/],
      ['null in a list', () => Post.objects.where({ viewsCount__in: [1, null] }), /wrong kind/],
      ['null for a comparison', () => Post.objects.where({ viewsCount__gt: null }), /wrong kind/],
      ['a text with a NUL character', () => Post.objects.where({ title: 'a\0' }), /wrong kind/],
      ['__proto__', () => Post.objects.where(JSON.parse('{"__proto__": 1}') as DynamicLookups), /not a field/],
      ['an unknown order', () => Post.objects.orderBy(key('-titel')), /not a field of Post/],
      ['an order by many rows', () => Post.objects.orderBy(key('tags')), /no single value/],
      ['SQL in an order', () => Post.objects.orderBy(key('id; drop table posts')), /not a field of Post/],
    ])('%s before any SQL', (_what, build, message) => {
      expect(build).toThrow(InvalidLookupError);
      expect(build).toThrow(message);
    });

    test('work outside of any context', async () => {
      await expect(Post.objects.using(under.database.orm.em).all()).rejects.toBeInstanceOf(NoContextError);
    });
  });
});
