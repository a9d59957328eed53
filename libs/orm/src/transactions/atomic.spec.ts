import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SetMetadata } from '@nestjs/common';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { NoContextError, NoTransactionError, UniqueViolationError } from '../errors/orm.errors.js';
import { F } from '../querysets/expression.js';
import { BLOG_MODELS, Post, Tag, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { Atomic, isAtomic } from './atomic.decorator.js';
import { atomic, type AtomicOptions, onCommit, onRollback } from './atomic.js';
import { Transaction } from './transaction.js';

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

  test('all callbacks run although one throws, and the caller sees the first error', async () => {
    const events: string[] = [];
    const work = run(() =>
      atomic(async () => {
        await Tag.objects.create({ name: 'kept' });
        onCommit(giveUp, options());
        onCommit(() => events.push('next'), options());
        onCommit(() => Promise.reject(new Error('second')), options());
      }, options()),
    );
    await expect(work).rejects.toBe(FAILURE);
    expect([events, await tags()]).toEqual([['next'], ['kept']]);
  });

  test('callbacks for a rollback run when their savepoint or what is around it is undone', async () => {
    const events: string[] = [];
    const failing = (name: string) =>
      atomic(async () => {
        onRollback(() => events.push(`${name} 1`), options());
        onRollback(() => events.push(`${name} 2`), options());
        giveUp();
      }, options()).catch(() => undefined);
    await run(async () => {
      await atomic(async () => {
        onRollback(() => events.push('never'), options());
        await failing('inner');
      }, options());
      await atomic(async () => {
        await atomic(async () => onRollback(() => events.push('released'), options()), options());
        giveUp();
      }, options()).catch(() => undefined);
      expect(() => onRollback(() => undefined, options())).toThrow(NoTransactionError);
    });
    expect(events).toEqual(['inner 2', 'inner 1', 'released']);
  });

  test('work in a context of its own joins the transaction around it unless it is isolated', async () => {
    const isolated = { database: under.database, isolated: true };
    await run(() =>
      atomic(async () => {
        expect(Transaction.of(under.database.entityManager())).toBeDefined();
        await runInContext(() => Tag.objects.create({ name: 'joined' }), { database: under.database });
        await runInContext(async () => {
          expect(under.database.entityManager().isInTransaction()).toBe(false);
          expect(() => onCommit(() => undefined, options())).toThrow(NoTransactionError);
        }, isolated);
        giveUp();
      }, options()),
    ).catch((error: unknown) => expect(error).toBe(FAILURE));
    expect(await tags()).toEqual([]);
  });

  test('options that mean nothing are refused', () =>
    run(async () => {
      const invalid = { code: 'ORM_INVALID_OPTIONS' };
      for (const retries of [-1, 0.5, Number.NaN, '3' as never]) {
        await expect(atomic(async () => undefined, { ...options(), retries })).rejects.toMatchObject(invalid);
      }
      const isolationLevel = 'serializable; drop table tags' as never;
      await expect(atomic(async () => undefined, { ...options(), isolationLevel })).rejects.toMatchObject(invalid);
    }));

  test('the method decorator runs each call in a transaction and keeps what others recorded', async () => {
    class Shelf {
      readonly name = 'kept';

      @Atomic()
      @SetMetadata('role', 'clerk')
      async fill(suffix: string, fail = false): Promise<string> {
        await Tag.objects.create({ name: this.name + suffix });
        if (fail) giveUp();
        return suffix;
      }
    }
    const { fill } = Shelf.prototype;
    expect([fill.name, fill.length, Reflect.getMetadata('role', fill), isAtomic(fill)]).toEqual([
      'fill',
      1,
      'clerk',
      true,
    ]);
    expect(isAtomic(giveUp)).toBe(false);
    const shelf = new Shelf();
    expect(await run(() => shelf.fill(' 1'))).toBe(' 1');
    await expect(run(() => shelf.fill(' 2', true))).rejects.toBe(FAILURE);
    await expect(shelf.fill(' 3')).rejects.toBeInstanceOf(NoContextError);
    expect(await tags()).toEqual(['kept 1']);
    class Wrong {
      // @ts-expect-error a method that answers no promise
      @Atomic()
      fill(): void {}
    }
    expect(new Wrong()).toBeDefined();
  });
});

/** One connection, as PGlite and a database in memory have, cannot show what happens at once. */
const CONCURRENT = (await scratchDatabases('orm_atomic')).filter(([kind]) => kind !== 'pglite');

for (const [kind, { drop, url }] of CONCURRENT)
  describe(`at once, on ${kind}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await openDatabase([Tag], resolveCoreOrmOptions({ url, schema: 'update' }));
    });
    afterAll(async () => {
      await database.close();
      await drop();
    });
    const alone = <T>(work: () => Promise<T>) => runInContext(work, { database, isolated: true });
    beforeEach(async () => {
      await alone(() => Post.objects.delete());
      await alone(() => User.objects.delete());
      await alone(() => Tag.objects.delete());
    });
    const createPost = () =>
      alone(async () => {
        const author = await User.objects.create({ email: 'a@example.com' });
        return Post.objects.create({ title: 'x', author });
      });

    test('isolated work reads beside the transaction around it and sees nothing of it', () =>
      alone(() =>
        atomic(async () => {
          await Tag.objects.create({ name: 'uncommitted' });
          expect(await alone(() => Tag.objects.count())).toBe(0);
          expect(await Tag.objects.count()).toBe(1);
        }),
      ));

    test('isolated work that writes stays although the transaction around it rolls back, or fails with a code', async () => {
      let outcome: unknown;
      const failing = alone(() =>
        atomic(async () => {
          await Tag.objects.create({ name: 'lost' });
          outcome = await alone(() => Tag.objects.create({ name: 'kept' })).catch((error: unknown) => error);
          giveUp();
        }),
      );
      await expect(failing).rejects.toBe(FAILURE);
      const left = await alone(() => Tag.objects.values('name'));
      if (kind === 'sqlite') expect([outcome, left]).toEqual([expect.objectContaining({ code: 'DATABASE_BUSY' }), []]);
      else expect([outcome, left]).toEqual([expect.any(Tag), [{ name: 'kept' }]]);
    });

    test('a reader neither sees what another unit has not committed nor waits for it', async () => {
      const written = Promise.withResolvers<void>();
      const read = Promise.withResolvers<void>();
      const writer = alone(() =>
        atomic(async () => {
          await Tag.objects.create({ name: 'x' });
          written.resolve();
          await read.promise;
        }),
      );
      await written.promise;
      expect(await alone(() => Tag.objects.count())).toBe(0);
      read.resolve();
      await writer;
      expect(await alone(() => Tag.objects.count())).toBe(1);
    });

    test('50 increments at once are all kept', async () => {
      const { id } = await createPost();
      const increment = () => alone(() => Post.objects.filter({ id }).update({ viewsCount: F('viewsCount').plus(1) }));
      await Promise.all(Array.from({ length: 50 }, increment));
      expect(await alone(() => Post.objects.values('viewsCount'))).toEqual([{ viewsCount: 50 }]);
    });

    test('of two writers of one version one wins', async () => {
      const { id } = await createPost();
      const bothRead = Promise.withResolvers<void>();
      let readers = 0;
      const write = (title: string) =>
        alone(async () => {
          const post = await Post.objects.get({ id });
          if (++readers === 2) bothRead.resolve();
          await bothRead.promise;
          post.title = title;
          await post.save();
        });
      const outcomes = await Promise.allSettled([write('a'), write('b')]);
      const lost = outcomes.filter(({ status }) => status === 'rejected');
      expect(lost).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'ORM_VERSION_CONFLICT' }) }]);
      expect(await alone(() => Post.objects.values('version'))).toEqual([{ version: 2 }]);
    });

    if (kind !== 'sqlite') {
      const incrementIn = (id: number, options: AtomicOptions, onAttempt: () => unknown = () => undefined) =>
        alone(() =>
          atomic(
            async () => {
              await onAttempt();
              const post = await Post.objects.get({ id });
              await Post.objects.filter({ id }).update({ viewsCount: post.viewsCount + 1 });
            },
            { isolationLevel: 'serializable', ...options },
          ),
        );

      test('transactions that cannot be put in a row fail with a code, and retries bring them through', async () => {
        const { id } = await createPost();
        const failed = await Promise.allSettled(Array.from({ length: 4 }, () => incrementIn(id, {})));
        const reasons = failed.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        expect(reasons.length).toBeGreaterThan(0);
        for (const reason of reasons) expect(reason).toMatchObject({ code: 'DATABASE_TRANSACTION_CONFLICT' });
        await alone(() => Post.objects.update({ viewsCount: 0 }));
        let attempts = 0;
        const count = () => attempts++;
        await Promise.all(Array.from({ length: 4 }, () => incrementIn(id, { retries: 50 }, count)));
        expect(await alone(() => Post.objects.values('viewsCount'))).toEqual([{ viewsCount: 4 }]);
        expect(attempts).toBeGreaterThan(4);
      });

      test('a deadlock has a code, and one of the two may be repeated', async () => {
        const [a, b] = await alone(() => Tag.objects.bulkCreate([{ name: 'a' }, { name: 'b' }]));
        const met = Promise.withResolvers<void>();
        let arrived = 0;
        const touchBoth = (first: Tag, second: Tag, retries: number) =>
          alone(() =>
            atomic(
              async () => {
                await Tag.objects.filter({ id: first.id }).update({ name: 'x' });
                if (++arrived === 2) met.resolve();
                await met.promise;
                await Tag.objects.filter({ id: second.id }).update({ name: 'y' });
              },
              { retries },
            ),
          );
        if (!a || !b) throw new Error('the world is incomplete');
        const [one, other] = await Promise.allSettled([touchBoth(a, b, 0), touchBoth(b, a, 0)]);
        const [lost] = [one, other].filter(({ status }) => status === 'rejected');
        expect(lost).toMatchObject({ reason: { code: 'DATABASE_TRANSACTION_CONFLICT', client: { status: 503 } } });
        arrived = 0;
        await Promise.all([touchBoth(a, b, 2), touchBoth(b, a, 2)]);
      });
    }
  });
