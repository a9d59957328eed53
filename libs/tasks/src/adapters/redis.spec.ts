import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { TASK_BACKEND_CASES } from '../testing/backend.conformance.js';
import { someTask } from '../testing/conformance-support.js';
import { clearRedis, reachableRedis } from '../test-support/reachable-redis.js';
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
