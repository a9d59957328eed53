import { expect, test } from '@jest/globals';
import {
  DoesNotExistError,
  InvalidLookupError,
  InvalidValueError,
  NotNullViolationError,
  UniqueViolationError,
} from '../errors/orm.errors.js';
import { BLOG_MODELS, Comment, Post, Profile, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { atomic } from '../transactions/atomic.js';

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;
  const author = () => User.objects.create({ email: `${Math.random()}@example.com` });

  test('a row that is created without an instance is the row that an instance makes', () =>
    run(async () => {
      const values = { email: 'plain@example.com' };
      const plain = await User.objects.createRow(values, { json: true });
      const [stored] = await User.objects.filter(values).rows({ json: true });
      expect(plain).toEqual(stored);
      expect(plain).toMatchObject({ isActive: true, country: null, passwordHash: null });
      expect(plain['createdAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }));

  test('relations are given by key or row, and only the columns asked for are answered', () =>
    run(async () => {
      const user = await author();
      expect(await Profile.objects.createRow({ user }, { columns: ['user', 'biography'] })).toEqual({
        user: user.id,
        biography: '',
      });
      await expect(Profile.objects.createRow({ user: user.id })).rejects.toBeInstanceOf(UniqueViolationError);
    }));

  test('slugs are made here too, and every type of field is written', () =>
    run(async () => {
      const user = await author();
      const values = {
        author: user.id,
        title: 'Same title',
        day: '2026-01-02',
        hour: '03:04:05',
        bytes: 2n ** 60n,
        meta: { a: [1, null] },
        publishedAt: new Date('2026-01-02T03:04:05.678Z'),
        price: '2',
      };
      const row = await Post.objects.createRow(values, { json: true });
      expect(row).toMatchObject({
        slug: 'same-title',
        price: '2.00',
        bytes: String(2n ** 60n),
        meta: { a: [1, null] },
        publishedAt: '2026-01-02T03:04:05.678Z',
        day: '2026-01-02',
        version: 1,
      });
    }));

  test('what cannot be stored is refused before it is sent, what the database refuses is translated', () =>
    run(async () => {
      await expect(User.objects.createRow({})).rejects.toBeInstanceOf(NotNullViolationError);
      await expect(User.objects.createRow({ nope: 1 } as never)).rejects.toBeInstanceOf(InvalidValueError);
      await expect(User.objects.createRow({ email: 5 } as never)).rejects.toBeInstanceOf(InvalidValueError);
      await User.objects.createRow({ email: 'a@example.com' });
      await expect(User.objects.createRow({ email: 'a@example.com' })).rejects.toMatchObject({ fields: ['email'] });
      const columns = ['author__email'];
      await expect(Comment.objects.createRow({ body: 'x', post: 1 }, { columns })).rejects.toBeInstanceOf(
        InvalidLookupError,
      );
    }));

  test('rows that are changed answer what they are now, times and versions included', () =>
    run(async () => {
      const user = await author();
      const post = await Post.objects.create({ author: user, title: 'One' });
      const before = post.updatedAt;
      const matching = Post.objects.filter({ id: post.id, version: 1 });
      const [row] = await matching.updateRows({ title: 'Two' }, { columns: ['id', 'title', 'version', 'updatedAt'] });
      expect(row).toMatchObject({ id: post.id, title: 'Two', version: 2 });
      expect(Number(row?.['updatedAt'])).toBeGreaterThanOrEqual(Number(before));
      expect(await matching.updateRows({ title: 'Three' })).toEqual([]);
      expect((await Post.objects.get({ id: post.id }).catch(() => undefined))?.version).toBeDefined();
      expect(await Post.objects.filter({ author__email: user.email }).updateRows({ viewsCount: 7 })).toMatchObject([
        { title: 'Two', viewsCount: 7 },
      ]);
    }));

  test('one of two that change the same version at once wins', () =>
    run(async () => {
      const post = await Post.objects.create({ author: await author(), title: 'Raced' });
      const change = (title: string) => Post.objects.filter({ id: post.id, version: 1 }).updateRows({ title });
      const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map(change));
      expect(outcomes.map((rows) => rows.length).toSorted((one, other) => one - other)).toEqual([0, 0, 0, 1]);
    }));

  test('writes of plain rows belong to the transaction around them', () =>
    run(async () => {
      const work = atomic(
        async () => {
          await User.objects.createRow({ email: 'gone@example.com' });
          await User.objects.filter({ email: 'gone@example.com' }).updateRows({ isActive: false });
          throw new DoesNotExistError('User');
        },
        { database: under.database },
      );
      await expect(work).rejects.toBeInstanceOf(DoesNotExistError);
      expect(await User.objects.filter({ email: 'gone@example.com' }).exists()).toBe(false);
    }));
});
