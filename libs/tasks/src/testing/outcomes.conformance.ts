import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { TaskCancelledError, WorkerShutdownError } from '../errors/run.errors.js';
import type { TaskBackendCase } from './backend.conformance.js';
import { someQueue, someTask, startWork, SUCCEEDED, until, untilStatus } from './conformance-support.js';
import type { TaskDelivery, TaskOutcome } from '../backends/task-backend.js';

/** Runs until it is told to end, and answers an outcome then. */
const whenAborted =
  (outcome: TaskOutcome) =>
  ({ signal }: TaskDelivery): Promise<TaskOutcome> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(outcome)));

/** A lease that a slow machine does not lose, and of which a third is not long to wait. */
const LOOKING_OFTEN = { leaseMs: 3000 };

/** What becomes of tasks. */
export const OUTCOME_CASES: readonly TaskBackendCase[] = [
  {
    title: 'runs a task again that failed, counting its attempts but not those that do not count',
    async run(backend) {
      const queue = someQueue();
      const decide = ({ attempt }: TaskDelivery): TaskOutcome => {
        if (came.length === 2) return { kind: 'again', delayMs: 20, error: 'not counted', countsAsAttempt: false };
        return attempt < 3 ? { kind: 'again', delayMs: 20, error: 'broken', countsAsAttempt: true } : SUCCEEDED;
      };
      const { came } = await startWork(backend, queue, (delivery) => decide(delivery));
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await untilStatus(backend, task.id, 'succeeded');
      deepEqual(
        came.map(({ attempt, crashes }) => [attempt, crashes]),
        [
          [1, 0],
          [2, 0],
          [2, 0],
          [3, 0],
        ],
      );
      equal((await backend.find(task.id))?.attempts, 3);
    },
  },
  {
    title: 'waits before it runs a task again, and tells why',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      await startWork(backend, queue, () => ({
        kind: 'again',
        delayMs: 60_000,
        error: 'broken',
        countsAsAttempt: true,
      }));
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await untilStatus(backend, task.id, 'scheduled');
      equal((await backend.find(task.id))?.error, 'broken');
    },
  },
  {
    title: 'keeps tasks that were given up, and runs them again as new when asked to',
    async run(backend) {
      const queue = someQueue();
      let outcome: TaskOutcome = { kind: 'failed', error: 'Error: no way' };
      const { came } = await startWork(backend, queue, () => outcome);
      const [one, other] = [someTask({ queue, args: '[1]' }), someTask({ queue })];
      await backend.enqueue([one]);
      await untilStatus(backend, one.id, 'failed');
      await backend.enqueue([other]);
      await untilStatus(backend, other.id, 'failed');
      deepEqual(
        // A list that a driver made natively is none of this realm, which deepEqual minds.
        Array.from(await backend.failed(queue, 10), ({ id, error, args }) => [id, error, args]),
        [
          [other.id, 'Error: no way', '[]'],
          [one.id, 'Error: no way', '[1]'],
        ],
      );
      equal((await backend.failed(queue, 1)).length, 1);
      outcome = SUCCEEDED;
      equal(await backend.revive(queue, [one.id]), 1);
      await untilStatus(backend, one.id, 'succeeded');
      equal(came.at(-1)?.attempt, 1);
      equal(await backend.revive(queue), 1);
      await untilStatus(backend, other.id, 'succeeded');
      equal(await backend.revive(queue), 0);
    },
  },
  {
    title: 'runs a task that was cancelled and failed again as new when asked to, and not by itself',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      let outcome: TaskOutcome = { kind: 'failed', error: 'Error: no way' };
      const { came } = await startWork(backend, queue, async (delivery) => {
        if (came.length < 3) await new Promise((resolve) => delivery.signal.addEventListener('abort', resolve));
        return outcome;
      });
      const [one, other] = [someTask({ queue }), someTask({ queue })];
      await backend.enqueue([one]);
      await until(() => came.length === 1);
      equal(await backend.cancel(one.id), true);
      await untilStatus(backend, one.id, 'failed');
      outcome = { kind: 'again', delayMs: 1, error: 'broken', countsAsAttempt: true };
      await backend.enqueue([other]);
      await until(() => came.length === 2);
      equal(await backend.cancel(other.id), true);
      await untilStatus(backend, other.id, 'cancelled');
      equal(came.length, 2);
      outcome = SUCCEEDED;
      equal(await backend.revive(queue), 1);
      await untilStatus(backend, one.id, 'succeeded');
    },
  },
  {
    title: 'gives a task that came back unused to the next worker as if it had never been given out',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const { came } = await startWork(backend, queue, () =>
        came.length === 1 ? { kind: 'released', delayMs: 100 } : SUCCEEDED,
      );
      const task = someTask({ queue });
      const since = Date.now();
      await backend.enqueue([task]);
      await untilStatus(backend, task.id, 'succeeded');
      deepEqual(
        came.map(({ attempt, crashes }) => [attempt, crashes]),
        [
          [1, 0],
          [1, 0],
        ],
      );
      ok(Date.now() - since >= 95);
      equal((await backend.find(task.id))?.attempts, 1);
    },
  },
  {
    title: 'enqueues what follows a task together with its success, and once',
    async run(backend) {
      const queue = someQueue();
      const next = someTask({ queue, name: 'b', args: '[2]' });
      const { came } = await startWork(backend, queue, ({ name }) =>
        name === 'a' ? { kind: 'succeeded', next: [next] } : SUCCEEDED,
      );
      await backend.enqueue([someTask({ queue }), someTask({ queue })]);
      await untilStatus(backend, next.id, 'succeeded');
      await until(() => came.length === 3);
      equal(came.filter(({ id }) => id === next.id).length, 1);
    },
  },
  {
    title: 'enqueues what follows a group once, when all its members have succeeded, with what they answered in order',
    async run(backend) {
      const queue = someQueue();
      const { came } = await startWork(backend, queue, ({ name, args, attempt }) => {
        if (name === 'b') return SUCCEEDED;
        if (args === '[1]' && attempt === 1)
          return { kind: 'again', delayMs: 5, error: 'not yet', countsAsAttempt: true };
        return { kind: 'succeeded', result: args === '[2]' ? undefined : args };
      });
      const { id: _id, ...callback } = someTask({ queue, name: 'b', headers: { retry: 7 } });
      const group = { id: randomUUID(), size: 4, callback, keepMs: 60_000 };
      const members = [0, 1, 2, 3].map((index) =>
        someTask({ queue, args: `[${index}]`, headers: { group: { ...group, index } } }),
      );
      await backend.enqueue(members.slice(0, 3));
      for (const { id } of members.slice(0, 3)) await untilStatus(backend, id, 'succeeded');
      ok(!came.some(({ name }) => name === 'b'));
      await backend.enqueue(members);
      await until(() => came.some(({ name }) => name === 'b'));
      await untilStatus(backend, members[3]?.id ?? '', 'succeeded');
      const [followed, ...more] = came.filter(({ name }) => name === 'b');
      // A list that a driver made natively is none of this realm, which deepEqual minds.
      equal(JSON.stringify(followed?.headers), JSON.stringify({ retry: 7, previous: [[0], [1], null, [3]] }));
      deepEqual([more.length, came.length], [0, 6]);
    },
  },
  {
    title: 'lets nothing follow a task that was cancelled while it ran, even if it did not stop',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const ended = Promise.withResolvers<void>();
      const next = someTask({ queue, name: 'b' });
      const { id: _id, ...callback } = next;
      const { came } = await startWork(backend, queue, async ({ headers, args }) => {
        await ended.promise;
        return headers.group || args === '["last"]' ? SUCCEEDED : { kind: 'succeeded', next: [next] };
      });
      const group = { id: randomUUID(), index: 0, size: 1, callback, keepMs: 60_000 };
      const tasks = [someTask({ queue }), someTask({ queue, headers: { group } })];
      await backend.enqueue(tasks);
      await until(() => came.length === 2);
      for (const { id } of tasks) equal(await backend.cancel(id), true);
      ended.resolve();
      for (const { id } of tasks) await untilStatus(backend, id, 'cancelled');
      const last = someTask({ queue, args: '["last"]' });
      await backend.enqueue([last]);
      await untilStatus(backend, last.id, 'succeeded');
      equal(came.filter(({ name }) => name === 'b').length, 0);
    },
  },
  {
    title: 'never runs a task that was cancelled while it waited',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const [waiting, scheduled, other] = [
        someTask({ queue }),
        someTask({ queue, delayMs: 50 }),
        someTask({ queue, delayMs: 100 }),
      ];
      await backend.enqueue([waiting, scheduled, other]);
      deepEqual([await backend.cancel(waiting.id), await backend.cancel(scheduled.id)], [true, true]);
      equal((await backend.find(waiting.id))?.status, 'cancelled');
      const { came } = await startWork(backend, queue);
      await untilStatus(backend, other.id, 'succeeded');
      deepEqual([came.length, await backend.cancel(other.id), await backend.cancel(waiting.id)], [1, false, false]);
    },
  },
  {
    title: 'tells a run that its task was cancelled',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const { came } = await startWork(backend, queue, whenAborted({ kind: 'cancelled' }), LOOKING_OFTEN);
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await until(() => came.length === 1);
      equal(await backend.cancel(task.id), true);
      await untilStatus(backend, task.id, 'cancelled');
      ok(came[0]?.signal.reason instanceof TaskCancelledError);
    },
  },
  {
    title: 'tells a run in another process that its task was cancelled',
    waiting: true,
    acrossProcesses: true,
    async run(backend, under) {
      const queue = someQueue();
      const other = await under.open();
      const { came } = await startWork(other, queue, whenAborted({ kind: 'cancelled' }), LOOKING_OFTEN);
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await until(() => came.length === 1);
      equal(await backend.cancel(task.id), true);
      await untilStatus(backend, task.id, 'cancelled');
      await other.disconnect();
    },
  },
  {
    title: 'keeps the progress that a run reports',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const ended = Promise.withResolvers<void>();
      const task = someTask({ queue });
      await startWork(backend, queue, async ({ report }) => {
        await report('{"percent":40}');
        await ended.promise;
        return SUCCEEDED;
      });
      await backend.enqueue([task]);
      await until(async () => (await backend.find(task.id))?.progress === '{"percent":40}');
      equal((await backend.find(task.id))?.status, 'running');
      ended.resolve();
      await untilStatus(backend, task.id, 'succeeded');
    },
  },
  {
    title: 'keeps a task with its worker while that is at work, longer than a lease',
    waiting: true,
    acrossProcesses: true,
    async run(backend, under) {
      const queue = someQueue();
      const [one, two] = [backend, await under.open()];
      const decide = async () => {
        await new Promise((resolve) => setTimeout(resolve, 4000));
        return SUCCEEDED;
      };
      const workers = await Promise.all([one, two].map((each) => startWork(each, queue, decide, LOOKING_OFTEN)));
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await untilStatus(backend, task.id, 'succeeded');
      equal(workers.flatMap(({ came }) => came).length, 1);
      await two.disconnect();
    },
  },
  {
    title: 'on drain finishes what runs and takes nothing more',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const ended = Promise.withResolvers<void>();
      const decide = async () => {
        await ended.promise;
        return SUCCEEDED;
      };
      const { came, work } = await startWork(backend, queue, decide, { concurrency: 1 });
      const [running, waiting] = [someTask({ queue }), someTask({ queue })];
      await backend.enqueue([running, waiting]);
      await until(() => came.length === 1);
      const drained = work.drain(10_000);
      ended.resolve();
      equal(await drained, 0);
      deepEqual(
        [(await backend.find(running.id))?.status, (await backend.find(waiting.id))?.status, came.length],
        ['succeeded', 'waiting', 1],
      );
    },
  },
  {
    title: 'on drain gives back what does not end in time, with all its attempts, whether it heeds the signal or not',
    waiting: true,
    async run(backend, under) {
      const queue = someQueue();
      const decide = (delivery: TaskDelivery) =>
        delivery.name === 'a'
          ? whenAborted({ kind: 'released', delayMs: 0 })(delivery)
          : new Promise<TaskOutcome>(() => {});
      const { came, work } = await startWork(backend, queue, decide);
      await backend.enqueue([someTask({ queue }), someTask({ queue, name: 'b' })]);
      await until(() => came.length === 2);
      await work.drain(20);
      ok(came.every(({ signal }) => signal.reason instanceof WorkerShutdownError));
      const other = await under.open();
      const next = await startWork(other, queue);
      await until(() => next.came.length === 2);
      deepEqual(
        next.came.map(({ attempt, crashes }) => [attempt, crashes]),
        [
          [1, 0],
          [1, 0],
        ],
      );
      await other.disconnect();
    },
  },
  {
    title: 'takes nothing while it is paused',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const { came, work } = await startWork(backend, queue);
      work.pause();
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      equal(came.length, 0);
      work.resume();
      await untilStatus(backend, task.id, 'succeeded');
    },
  },
];
