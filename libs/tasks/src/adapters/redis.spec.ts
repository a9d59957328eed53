import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { TASK_BACKEND_CASES } from '../testing/backend.conformance.js';
import { someQueue, someTask, startWork, until, untilStatus } from '../testing/conformance-support.js';
import { clearRedis, reachableRedis } from '../test-support/reachable-redis.js';
import { interruptible } from '../test-support/interruptible.js';
import { RedisTaskBackend } from './redis.js';

const url = await reachableRedis();

(url ? describe : describe.skip)('the backend on Redis', () => {
  const prefix = `tasks-test-${randomUUID().slice(0, 8)}`;
  let backend: RedisTaskBackend;
  const open = async () => {
    const made = new RedisTaskBackend({ url: url ?? '', prefix });
    await made.connect();
    return made;
  };
  beforeEach(async () => {
    backend = await open();
  });
  afterEach(() => backend.disconnect());
  afterAll(() => clearRedis(url ?? '', prefix));

  test.each([...TASK_BACKEND_CASES])('$title', ({ run }) => run(backend, { open }), 40_000);

  test('emits what a scheduler left that died between its claim and the tasks', async () => {
    const [name, queue] = [`s-${randomUUID()}`, `q-${randomUUID().slice(0, 8)}`];
    const slot = new Date(Date.UTC(2026, 0, 1));
    const task = someTask({ queue });
    const redis = new Redis(url ?? '');
    await redis.hset(`${prefix}::schedule:${name}`, {
      last: slot.getTime(),
      left: JSON.stringify([task]),
      task: task.id,
    });
    redis.disconnect();
    expect((await backend.schedule(name)).lastTask).toBe(task.id);
    await backend.schedule(name);
    expect(await backend.counts(queue)).toMatchObject({ waiting: 1 });
  });
});

(url ? describe : describe.skip)('Redis', () => {
  const prefix = `tasks-test-${randomUUID().slice(0, 8)}`;
  const elsewhere = new URL(url ?? 'redis://none');
  elsewhere.pathname = `/${Number(elsewhere.pathname.slice(1)) + 1}`;
  afterAll(async () => {
    await clearRedis(url ?? '', prefix);
    await clearRedis(elsewhere.href, prefix);
  });

  test('keeps what tasks answered on another server, where one is named', async () => {
    const backend = new RedisTaskBackend({ url: url ?? '', resultUrl: elsewhere.href, prefix });
    await backend.connect();
    const queue = someQueue();
    await startWork(backend, queue, () => ({ kind: 'succeeded', result: '{"n":1}' }));
    const task = someTask({ queue });
    await backend.enqueue([task]);
    await untilStatus(backend, task.id, 'succeeded');
    expect((await backend.find(task.id))?.result).toBe('{"n":1}');
    const keys = async (server: string) => {
      const redis = new Redis(server);
      const found = await redis.keys(`${prefix}::result:*`);
      redis.disconnect();
      return found;
    };
    expect([await keys(url ?? ''), await keys(elsewhere.href)]).toEqual([[], [`${prefix}::result:${task.id}`]]);
    expect((await backend.native(queue).getJob(task.id))?.returnvalue).toBeNull();
    await backend.disconnect();
  });

  test('has any number of tasks run again that were given up, however long that takes in all', async () => {
    const backend = new RedisTaskBackend({ url: url ?? '', prefix, timeoutMs: 400 });
    await backend.connect();
    const queue = someQueue();
    const { came, work } = await startWork(backend, queue, () => ({ kind: 'failed', error: 'no' }));
    const count = 4000;
    for (let from = 0; from < count; from += 500) {
      await backend.enqueue(Array.from({ length: 500 }, () => someTask({ queue })));
    }
    await until(async () => came.length === count && (await backend.counts(queue)).failed === count);
    await work.drain(0);
    expect(await backend.revive(queue)).toBe(count);
    expect(await backend.counts(queue)).toMatchObject({ waiting: count, failed: 0 });
    await backend.disconnect();
  }, 30_000);

  test('a task of which somebody was told that the server is away is not run when that is back', async () => {
    const line = await interruptible(url ?? '');
    const backend = new RedisTaskBackend({ url: line.url, prefix, timeoutMs: 1000 });
    await backend.connect();
    const queue = someQueue();
    await backend.enqueue([someTask({ queue })]);
    await line.cut();
    await expect(backend.enqueue([someTask({ queue })])).rejects.toMatchObject({ code: 'TASKS_BACKEND_UNREACHABLE' });
    await line.mend();
    await until(() =>
      backend.enqueue([someTask({ queue, name: 'b' })]).then(
        () => true,
        () => false,
      ),
    );
    const jobs = await backend.native(queue).getJobs(['prioritized']);
    expect(jobs.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
    await backend.disconnect();
    await line.cut();
  });

  test('says what is wrong with a name, not that the server is away', async () => {
    const backend = new RedisTaskBackend({ url: url ?? '', prefix });
    await backend.connect();
    await expect(backend.counts('no name')).rejects.toMatchObject({ code: 'TASKS_INVALID_OPTION' });
    await expect(backend.enqueue([someTask({ queue: 'a:b' })])).rejects.toMatchObject({ code: 'TASKS_INVALID_OPTION' });
    await backend.disconnect();
  });

  test('a worker that does not know a task hands it over soon where another one does', async () => {
    const [old, young] = await Promise.all(
      [0, 1].map(async () => {
        const backend = new RedisTaskBackend({ url: url ?? '', prefix });
        await backend.connect();
        return backend;
      }),
    );
    const queue = someQueue();
    const task = someTask({ queue });
    // As long as the test waits at most: unless it is handed over sooner, it does not come in time.
    const release = () => ({ kind: 'released', delayMs: 60_000 }) as const;
    const { came } = await startWork(young!, queue, () => ({ kind: 'succeeded' }), { names: () => ['a'] });
    const unknowing = await startWork(old!, queue, release, { names: () => ['other'] });
    await young!.enqueue(Array.from({ length: 20 }, () => someTask({ queue })));
    await young!.enqueue([task]);
    await until(() => came.length === 21);
    expect(unknowing.came.every(({ attempt }) => attempt === 1)).toBe(true);
    await Promise.all([old!.disconnect(), young!.disconnect()]);
  });
});

describe('a server that does not answer', () => {
  const backend = new RedisTaskBackend({ url: 'redis://127.0.0.1:1', timeoutMs: 300 });
  afterAll(() => backend.disconnect());

  test('is told with a code, not waited for', async () => {
    const unreachable = { code: 'TASKS_BACKEND_UNREACHABLE' };
    await expect(backend.connect()).rejects.toMatchObject(unreachable);
    await expect(backend.enqueue([someTask()])).rejects.toMatchObject(unreachable);
    await expect(backend.health()).rejects.toMatchObject(unreachable);
  });
});
