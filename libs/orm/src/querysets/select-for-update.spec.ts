import { beforeEach, expect, test } from '@jest/globals';
import { runInContext } from '../context/run-in-context.js';
import { RowLockedError } from '../errors/database.errors.js';
import { InvalidLookupError, NoTransactionError } from '../errors/orm.errors.js';
import { BLOG_MODELS, Post, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { atomic } from '../transactions/atomic.js';

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;
  let ids: number[];

  beforeEach(() =>
    run(async () => {
      const author = await User.objects.create({ email: 'ann@example.com' });
      const posts = await Post.objects.bulkCreate(['a', 'b'].map((title) => ({ title, author })));
      ids = posts.map(({ id }) => id);
    }),
  );

  test('20 parallel read-modify-writes add exactly 20', async () => {
    const increment = () =>
      runInContext(
        () =>
          atomic(async () => {
            const post = await Post.objects.selectForUpdate().get({ id: ids[0] ?? 0 });
            post.viewsCount += 1;
            await post.save();
          }),
        under,
      );
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await run(() => Post.objects.get({ id: ids[0] ?? 0 }))).viewsCount).toBe(20);
  });

  test('outside of a transaction it is refused', () =>
    run(async () => {
      await expect(Post.objects.selectForUpdate().all()).rejects.toThrow(NoTransactionError);
      await expect(Post.objects.selectForUpdate().values('id')).rejects.toThrow(NoTransactionError);
    }));

  test('it goes with joined rows, orders, limits and counts, and not with distinct rows', () =>
    run(() =>
      atomic(async () => {
        const posts = Post.objects.selectForUpdate().selectRelated('author', 'editor').orderBy('id').limit(1);
        expect((await posts.all()).map(({ id }) => id)).toEqual(ids.slice(0, 1));
        expect(await Post.objects.selectForUpdate().count()).toBe(2);
        expect(await Post.objects.selectForUpdate().exists()).toBe(true);
        await expect(Post.objects.distinct().selectForUpdate().all()).rejects.toThrow(InvalidLookupError);
      }),
    ));

  // The embedded ones have no second transaction that could write meanwhile.
  if (under.isServer)
    test('rows that another transaction has locked are skipped, or an error', async () => {
      const locked = Promise.withResolvers<void>();
      const done = Promise.withResolvers<void>();
      const holder = run(() =>
        atomic(async () => {
          await Post.objects.selectForUpdate().get({ id: ids[0] ?? 0 });
          locked.resolve();
          await done.promise;
        }),
      );
      await locked.promise;
      const free = await run(() => atomic(() => Post.objects.selectForUpdate({ skipLocked: true }).values('id')));
      const refused = run(() => atomic(() => Post.objects.selectForUpdate({ noWait: true }).values('id')));
      await expect(refused).rejects.toBeInstanceOf(RowLockedError);
      done.resolve();
      await holder;
      expect(free).toEqual([{ id: ids[1] }]);
    });

  test('to skip and to refuse locked rows exclude each other', () => {
    expect(() => Post.objects.selectForUpdate({ skipLocked: true, noWait: true })).toThrow(InvalidLookupError);
  });
});
