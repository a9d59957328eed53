import { describe, expect, test } from '@jest/globals';
import { CompiledQuery } from 'kysely';
import { WaitingQueries } from './waiting-queries.js';

/** Connections that are lent out when the test says so, and the queries that ran on them. */
function poolOf(queries = new WaitingQueries()) {
  const waiting: PromiseWithResolvers<number>[] = [];
  const ran: string[] = [];
  const ask = (text: string, ...parameters: unknown[]) =>
    queries.join(
      CompiledQuery.raw(text, parameters),
      () => {
        const connection = Promise.withResolvers<number>();
        waiting.push(connection);
        return connection.promise;
      },
      async (connection) => {
        const number = ran.push(`${connection}: ${text} ${JSON.stringify(parameters)}`);
        await new Promise(setImmediate);
        return number;
      },
    );
  return { ask, waiting, ran };
}

describe('queries that wait for a connection', () => {
  test('the same one waits and runs once for all who ask', async () => {
    const { ask, waiting, ran } = poolOf();
    const answers = [ask('count', 1, 'a'), ask('count', 1, 'a'), ask('count', 1, 'a')];
    expect(waiting).toHaveLength(1);
    waiting[0]?.resolve(7);
    expect(await Promise.all(answers)).toEqual([1, 1, 1]);
    expect(ran).toEqual(['7: count [1,"a"]']);
  });

  test('other texts, values and places of values are other ones', async () => {
    const { ask, waiting, ran } = poolOf();
    const answers = [
      ask('count'),
      ask('count', 1),
      ask('count', 2),
      ask('count', 1, 2),
      ask('count', 12),
      ask('other', 1),
      ask('count', null),
      ask('count', 'null'),
      ask('count', ['1', '2']),
      ask('count', new Date(0)),
    ];
    expect(waiting).toHaveLength(answers.length);
    for (const connection of waiting) connection.resolve(0);
    await Promise.all(answers);
    expect(ran).toHaveLength(answers.length);
  });

  test('nobody joins one that may have been sent', async () => {
    const { ask, waiting, ran } = poolOf();
    const first = ask('count');
    waiting[0]?.resolve(0);
    while (ran.length === 0) await Promise.resolve();
    const second = ask('count');
    expect(waiting).toHaveLength(2);
    waiting[1]?.resolve(1);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(ran).toEqual(['0: count []', '1: count []']);
  });

  test('without a connection all fail, and the next one waits anew', async () => {
    const { ask, waiting } = poolOf();
    const answers = [ask('count'), ask('count')];
    waiting[0]?.reject(new Error('All are taken.'));
    const settled = await Promise.allSettled(answers);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = ask('count');
    waiting[1]?.resolve(0);
    expect(await next).toBe(1);
  });
});
