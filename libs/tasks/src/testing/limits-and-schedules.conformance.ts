import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TaskBackendCase } from './backend.conformance.js';
import { someQueue, someTask, startWork, until } from './conformance-support.js';

/** Limits, counts, and what schedulers agree on. */
export const LIMIT_AND_SCHEDULE_CASES: readonly TaskBackendCase[] = [
  {
    title: 'starts no more tasks of a queue than its limit allows, of all workers together',
    waiting: true,
    async run(backend, under) {
      const queue = someQueue();
      const other = await under.open();
      // Longer than anybody looks: no window opens after the first one, however slow the machine is.
      const request = { rateLimit: { max: 3, perMs: 60_000 } };
      await backend.enqueue(Array.from({ length: 9 }, () => someTask({ queue })));
      const workers = await Promise.all([backend, other].map((each) => startWork(each, queue, undefined, request)));
      const starts = () => workers.flatMap(({ came }) => came).length;
      await until(() => starts() === 3);
      await new Promise((resolve) => setTimeout(resolve, 200));
      equal(starts(), 3);
      await other.disconnect();
    },
  },
  {
    title: 'starts further tasks of a queue when the window of its limit has ended',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      await backend.enqueue(Array.from({ length: 7 }, () => someTask({ queue })));
      const { came } = await startWork(backend, queue, undefined, { rateLimit: { max: 3, perMs: 100 } });
      await until(() => came.length === 7);
    },
  },
  {
    title: 'gives out as many permits as a limit allows, and tells how long to wait for more',
    async run(backend) {
      const key = `k-${randomUUID()}`;
      const limit = { max: 3, perMs: 60_000 };
      const takes = [await backend.takePermits(key, limit, 2), await backend.takePermits(key, limit, 2)];
      deepEqual(
        takes.map(({ granted }) => granted),
        [2, 1],
      );
      const { granted, waitMs } = await backend.takePermits(key, limit, 1);
      equal(granted, 0);
      ok(waitMs > 50_000 && waitMs <= 60_000);
      equal((await backend.takePermits(`${key}-other`, limit, 1)).granted, 1);
      const short = { max: 1, perMs: 30 };
      equal((await backend.takePermits(`${key}-short`, short, 1)).granted, 1);
      await until(async () => (await backend.takePermits(`${key}-short`, short, 1)).granted === 1);
    },
  },
  {
    title: 'counts the tasks of a queue',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const [long, failing, cancelled] = [someTask({ queue }), someTask({ queue }), someTask({ queue })];
      await backend.enqueue([long, failing, someTask({ queue, delayMs: 60_000 }), cancelled]);
      await backend.cancel(cancelled.id);
      deepEqual(await backend.counts(queue), { waiting: 2, scheduled: 1, running: 0, failed: 0 });
      deepEqual(await backend.counts(someQueue()), { waiting: 0, scheduled: 0, running: 0, failed: 0 });
      const { came } = await startWork(backend, queue, ({ id }) =>
        id === long.id ? new Promise(() => {}) : { kind: 'failed', error: 'no' },
      );
      await until(() => came.length === 2);
      await until(async () => (await backend.counts(queue)).failed === 1);
      deepEqual(await backend.counts(queue), { waiting: 0, scheduled: 1, running: 1, failed: 1 });
    },
  },
  {
    title: 'gives a slot of a periodic task to one of several schedulers, with its tasks',
    waiting: true,
    async run(backend, under) {
      const [name, queue] = [`s-${randomUUID()}`, someQueue()];
      const other = await under.open();
      const fresh = await backend.schedule(name);
      deepEqual([fresh.lastSlot, fresh.isPaused, fresh.lastTask], [undefined, false, undefined]);
      ok(Math.abs(fresh.now.getTime() - Date.now()) < 60_000);
      let previous: Date | undefined;
      const { came } = await startWork(backend, queue);
      for (const minute of [0, 1]) {
        const slot = new Date(Date.UTC(2026, 9, 25, 1, minute, 0, 0));
        const claims = await Promise.all(
          Array.from({ length: 6 }, (_, n) =>
            (n % 2 ? other : backend).claimSlot({
              name,
              previous,
              slot,
              tasks: [someTask({ queue, args: `["${slot.toISOString()}"]` })],
            }),
          ),
        );
        equal(claims.filter(Boolean).length, 1);
        previous = slot;
        await until(() => came.length === minute + 1);
      }
      const { lastSlot, lastTask } = await backend.schedule(name);
      deepEqual([lastSlot, lastTask], [previous, came[1]?.id]);
      equal(
        await backend.claimSlot({ name, previous: undefined, slot: new Date(), tasks: [someTask({ queue })] }),
        false,
      );
      await other.disconnect();
      equal(came.length, 2);
    },
  },
  {
    title: 'passes a slot over without a task, and remembers that a periodic task is paused',
    async run(backend) {
      const name = `s-${randomUUID()}`;
      const slot = new Date(Date.UTC(2026, 0, 1));
      equal(await backend.claimSlot({ name, previous: undefined, slot, tasks: [] }), true);
      await backend.pauseSchedule(name, true);
      const paused = await backend.schedule(name);
      deepEqual([paused.lastSlot, paused.isPaused, paused.lastTask], [slot, true, undefined]);
      await backend.pauseSchedule(name, false);
      equal((await backend.schedule(name)).isPaused, false);
      equal((await backend.schedule(`${name}-other`)).isPaused, false);
    },
  },
];
