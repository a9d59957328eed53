import { expect, test } from '@jest/globals';
import { NoContextError, NoTransactionError, UniqueViolationError } from '../errors/orm.errors.js';
import { BLOG_MODELS, Tag, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { atomic, onCommit } from './atomic.js';

const FAILURE = new Error('given up');

function giveUp(): never {
  throw FAILURE;
}

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;
  const options = () => ({ database: under.database });
  const tags = () => run(async () => (await Tag.objects.orderBy('name').values('name')).map(({ name }) => name));

  test('keeps what the work wrote, and answers its result', async () => {
    const result = await run(() =>
      atomic(async () => {
        await Tag.objects.create({ name: 'kept' });
        return 'result';
      }, options()),
    );
    expect(result).toBe('result');
    expect(await tags()).toEqual(['kept']);
  });

  test('keeps nothing when the work throws', async () => {
    const work = run(() =>
      atomic(async () => {
        await Tag.objects.create({ name: 'lost' });
        giveUp();
      }, options()),
    );
    await expect(work).rejects.toBe(FAILURE);
    expect(await tags()).toEqual([]);
  });

  test('inside another one it is a savepoint', async () => {
    await run(() =>
      atomic(async () => {
        await Tag.objects.create({ name: 'outer' });
        await atomic(async () => {
          await Tag.objects.create({ name: 'inner' });
          giveUp();
        }, options()).catch(() => undefined);
        await atomic(() => Tag.objects.create({ name: 'second' }), options());
      }, options()),
    );
    expect(await tags()).toEqual(['outer', 'second']);
  });

  test('a broken constraint inside a savepoint leaves the outer transaction usable', async () => {
    await run(() =>
      atomic(async () => {
        await User.objects.create({ email: 'a@example.com' });
        const second = atomic(() => User.objects.create({ email: 'a@example.com' }), options());
        await expect(second).rejects.toBeInstanceOf(UniqueViolationError);
        await Tag.objects.create({ name: 'after' });
      }, options()),
    );
    expect(await tags()).toEqual(['after']);
  });

  test('what was saved in vain is saved again', async () => {
    await run(async () => {
      const stored = await Tag.objects.create({ name: 'old' });
      const fresh = Object.assign(new Tag(), { name: 'fresh' });
      const work = atomic(async () => {
        stored.name = 'new';
        await stored.save();
        await fresh.save();
        giveUp();
      }, options());
      await expect(work).rejects.toBe(FAILURE);
      expect(fresh.id).toBeUndefined();
      await stored.save();
      await fresh.save();
    });
    expect(await tags()).toEqual(['fresh', 'new']);
  });

  test('a row that was deleted in vain can be saved', async () => {
    await run(async () => {
      const tag = await Tag.objects.create({ name: 'here' });
      await atomic(async () => {
        await tag.delete();
        giveUp();
      }, options()).catch(() => undefined);
      tag.name = 'still here';
      await tag.save();
    });
    expect(await tags()).toEqual(['still here']);
  });

  test('callbacks run after the outermost commit, in order, and not after a rollback', async () => {
    const events: string[] = [];
    await run(async () => {
      await atomic(async () => {
        onCommit(() => events.push('first'), options());
        await atomic(async () => {
          onCommit(() => events.push('second'), options());
        }, options());
        await atomic(async () => {
          onCommit(() => events.push('never'), options());
          giveUp();
        }, options()).catch(() => undefined);
        await Tag.objects.create({ name: 'x' });
        events.push('work done');
      }, options());
      events.push(`seen: ${(await tags()).join()}`);
      await atomic(async () => {
        onCommit(() => events.push('never either'), options());
        giveUp();
      }, options()).catch(() => undefined);
    });
    expect(events).toEqual(['work done', 'first', 'second', 'seen: x']);
  });

  test('onCommit outside of a transaction and atomic outside of a context are errors', async () => {
    await run(async () => expect(() => onCommit(() => undefined, options())).toThrow(NoTransactionError));
    await expect(atomic(async () => undefined, options())).rejects.toBeInstanceOf(NoContextError);
  });

  test('transactions that run at once do not see each other', async () => {
    await run(async () => {
      await Promise.all(
        ['a', 'b', 'c'].map((name) =>
          atomic(async () => {
            await Tag.objects.create({ name });
            if (name === 'b') giveUp();
          }, options()).catch(() => undefined),
        ),
      );
    });
    expect(await tags()).toEqual(['a', 'c']);
  });

  test('instances that a transaction loaded are known after it', () =>
    run(async () => {
      await Tag.objects.create({ name: 'x' });
      under.database.entityManager().clear();
      const inside = await atomic(() => Tag.objects.get({ name: 'x' }), options());
      expect(await Tag.objects.get({ name: 'x' })).toBe(inside);
      inside.name = 'y';
      await inside.save();
      expect(await tags()).toEqual(['y']);
    }));

  test('the injected EntityManager of MikroORM works in the same transaction', () =>
    run(async () => {
      const { em } = under.database.orm;
      await atomic(async () => {
        await Tag.objects.create({ name: 'x' });
        expect(await em.count(Tag)).toBe(1);
        giveUp();
      }, options()).catch(() => undefined);
      expect(await em.count(Tag)).toBe(0);
    }));
});
