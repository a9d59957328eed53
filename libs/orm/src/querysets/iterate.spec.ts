import { beforeEach, expect, test } from '@jest/globals';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { User } from '../testing/blog.models.js';
import { BLOG_MODELS, Country } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { atomic } from '../transactions/atomic.js';
import { Count } from './aggregate.js';

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;

  beforeEach(() =>
    run(async () => {
      await User.objects.bulkCreate(Array.from({ length: 25 }, (_, index) => ({ email: `u${index}@example.com` })));
      await Country.objects.bulkCreate(['c', 'a', 'b'].map((code) => ({ code, name: code })));
    }),
  );

  test.each([1, 7, 25, 26, 1000])('every row once in the order of keys, in pages of %i', (pageSize) =>
    run(async () => {
      const keys: number[] = [];
      for await (const user of User.objects.iterate({ pageSize })) keys.push(user.id);
      expect(keys).toEqual(
        await User.objects
          .orderBy('id')
          .valuesList('id')
          .then((rows) => rows.flat()),
      );
      expect(keys).toHaveLength(25);
    }),
  );

  test('only rows that match, with their annotations, also by keys that are texts', () =>
    run(async () => {
      const found: [string, number][] = [];
      const active = User.objects.filter({ email__contains: '4@' }).annotate({ n: Count('posts') });
      for await (const { email, n } of active.iterate({ pageSize: 2 })) found.push([email, n]);
      expect(found).toEqual([
        ['u4@example.com', 0],
        ['u14@example.com', 0],
        ['u24@example.com', 0],
      ]);
      const codes: string[] = [];
      for await (const { code } of Country.objects.iterate({ pageSize: 1 })) codes.push(code);
      expect(codes).toEqual(['a', 'b', 'c']);
    }));

  test('no page is kept, and its rows can be saved', () =>
    run(async () => {
      const em = under.database.entityManager();
      for await (const user of User.objects.iterate({ pageSize: 5 })) {
        user.isActive = false;
        await user.save();
      }
      expect(em.getUnitOfWork(false).getIdentityMap().keys()).toHaveLength(0);
      expect(await User.objects.filter({ isActive: false }).count()).toBe(25);
    }));

  test('it sees what its transaction wrote', () =>
    run(() =>
      atomic(async () => {
        await User.objects.create({ email: 'new@example.com' });
        let count = 0;
        for await (const user of User.objects.iterate({ pageSize: 10 })) count += user.id > 0 ? 1 : 0;
        expect(count).toBe(26);
      }),
    ));

  test('an order, a limit and a page of nothing are refused', () =>
    run(async () => {
      const { objects } = User;
      for (const rows of [
        objects.orderBy('email').iterate(),
        objects.limit(1).iterate(),
        objects.iterate({ pageSize: 0 }),
      ]) {
        await expect(rows.next()).rejects.toThrow(InvalidLookupError);
      }
    }));
});
