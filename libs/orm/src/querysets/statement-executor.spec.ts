import { expect, jest, test } from '@jest/globals';
import { runnerOf } from '../databases/statement-runner.js';
import { BLOG_MODELS, Post, Tag, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { runAtomic } from '../transactions/atomic.js';
import { Count, Sum } from './aggregate.js';

interface Sent {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly statementName?: string;
}

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;

  /** What reaches the database while the work runs, outside of transactions. */
  async function sentBy(work: () => Promise<unknown>): Promise<Sent[]> {
    const spy = jest.spyOn(runnerOf(under.database.kysely), 'run');
    try {
      await run(work);
      return spy.mock.calls.map(([query]) => query as unknown as Sent);
    } finally {
      spy.mockRestore();
    }
  }

  test('no value is part of the SQL text', async () => {
    const secret = "O'Reilly; drop table users --";
    const sent = await sentBy(async () => {
      const tag = await Tag.objects.create({ name: secret });
      await Tag.objects
        .filter({ name: secret, name__in: [secret], name__icontains: secret })
        .limit(12345)
        .offset(54321)
        .all();
      await Tag.objects.filter({ name__startswith: secret }).update({ name: secret });
      tag.name = `${secret}!`;
      await tag.save();
      await tag.delete();
    });
    expect(sent).toHaveLength(5);
    for (const { sql } of sent) {
      expect(sql).not.toMatch(/Reilly|12345|54321/);
      expect(sql).toMatch(/^(insert|select|update|delete)/);
    }
    expect(await run(() => User.objects.count())).toBe(0);
  });

  test('values differ, text and name stay; a name comes with the fourth use', async () => {
    const sent = await sentBy(async () => {
      for (let value = 0; value < 5; value++)
        await Post.objects.filter({ viewsCount__in: [value, value + 1], title: `t${value}` }).exists();
    });
    expect(new Set(sent.map(({ sql }) => sql)).size).toBe(1);
    const names = sent.map(({ statementName }) => statementName);
    expect(names.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(names[3]).toMatch(/^core_[\da-f]{24}$/);
    expect(names[4]).toBe(names[3]);
  });

  test('what counts rows is planned for its values each time, and named where it has none', async () => {
    const namesOf = async (ask: () => Promise<unknown>) => {
      const sent = await sentBy(async () => {
        for (let value = 0; value < 5; value++) await ask();
      });
      return new Set(sent.map(({ statementName }) => statementName).slice(3));
    };
    const busy = Post.objects.filter({ viewsCount__gte: 0 });
    const unnamed = new Set([undefined]);
    expect(await namesOf(() => busy.count())).toEqual(unnamed);
    expect(await namesOf(() => busy.limit(3).count())).toEqual(unnamed);
    expect(await namesOf(() => busy.aggregate({ views: Sum('viewsCount') }))).toEqual(unnamed);
    expect(await namesOf(() => busy.groupBy('isPublished').annotate({ n: Count() }).all())).toEqual(unnamed);
    expect(await namesOf(() => Post.objects.count())).not.toEqual(unnamed);
  });

  test('a statement in a transaction goes to its connection, and only there', async () => {
    await run(async () => {
      const outside = under.database.entityManager();
      if (under.isServer) {
        await runAtomic(outside, async (em) => {
          await Tag.objects.create({ name: 'inside' });
          expect(await Tag.objects.count()).toBe(1);
          expect(await Tag.objects.using(outside).count()).toBe(0);
          expect(await Tag.objects.using(em).count()).toBe(1);
        });
      }
      const direct = await sentBy(() =>
        runAtomic(under.database.entityManager(), () => Tag.objects.create({ name: 'inside' })),
      );
      expect(direct).toEqual([]);
    });
  });

  test('a plan that a change of the tables made stale is made anew', async () => {
    const ask = () => run(() => Tag.objects.orderBy('id').values());
    for (let time = 0; time < 6; time++) await ask();
    const connection = under.database.orm.em.getConnection();
    await connection.execute('alter table tags add column extra int');
    await connection.execute('alter table tags drop column extra');
    expect(await ask()).toEqual([]);
  });
});
