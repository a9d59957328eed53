import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { atomic, runInContext } from '@core-framework/orm';
import { scratchDatabases } from '../../test-support/scratch-databases.js';
import { TASK_BACKEND_CASES } from '../../testing/backend.conformance.js';
import { openTasks, type TaskWorld } from '../../test-support/task-world.js';
import { DatabaseTaskBackend } from './database.backend.js';

describe.each(await scratchDatabases())('the backend on $kind', ({ kind, url, drop }) => {
  let world: TaskWorld;
  let other: TaskWorld;
  beforeAll(async () => {
    world = await openTasks(url, { worker: false });
    other = await openTasks(url, { worker: false, schema: 'none' });
  });
  afterAll(async () => {
    await Promise.all([world.app.close(), other.app.close()]);
    await drop();
  });

  test.each(TASK_BACKEND_CASES)('$title', async ({ run }) => {
    const backend = new DatabaseTaskBackend(world.database);
    const open = async () => new DatabaseTaskBackend(other.database);
    try {
      await runInContext(() => run(backend, { open }), { database: world.database });
    } finally {
      await backend.disconnect();
    }
  });

  if (kind === 'postgresql') {
    test('a task that another process enqueues is run without waiting for the next look', async () => {
      const [here, there] = [
        new DatabaseTaskBackend(world.database),
        new DatabaseTaskBackend(other.database, { pollMs: 3_600_000 }),
      ];
      const ran: string[] = [];
      let heard = 0;
      const { signals } = other.database;
      const listen = signals.listen.bind(signals);
      jest.spyOn(signals, 'listen').mockImplementation((channel, wake) =>
        listen(channel, () => {
          heard++;
          wake();
        }),
      );
      const request = { queues: ['q'], names: () => ['t'], concurrency: 2, leaseMs: 15_000 };
      await there.work(request, async ({ id }) => {
        ran.push(id);
        return { kind: 'succeeded', result: 'null' };
      });
      const until = async (condition: () => boolean) => {
        while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      try {
        // It is told once when it begins to listen.
        await until(() => heard === 1);
        for (let round = 1; round <= 3; round++) {
          const task = { id: randomUUID(), name: 't', queue: 'q', args: '[]', priority: 0, delayMs: 0, headers: {} };
          await world.run(() => atomic(() => here.enqueue([task])));
          await until(() => ran.length === round && heard > round);
          expect(ran.at(-1)).toBe(task.id);
        }
      } finally {
        await Promise.all([here.disconnect(), there.disconnect()]);
        jest.restoreAllMocks();
      }
    });
  }
});
