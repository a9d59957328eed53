import { deepEqual, equal, ok } from 'node:assert/strict';
import type { TaskBackend } from '../backends/task-backend.js';
import { LIMIT_AND_SCHEDULE_CASES } from './limits-and-schedules.conformance.js';
import { OUTCOME_CASES } from './outcomes.conformance.js';
import { argsOf, someQueue, someTask, startWork, SUCCEEDED, until, untilStatus } from './conformance-support.js';

/** A backend that a case of {@link TASK_BACKEND_CASES} is run against. */
export interface TaskBackendUnderTest {
  /** Makes a further backend on the same server, connected: another process, as far as it knows. */
  open(): Promise<TaskBackend>;
}

/** One thing that every backend must do; rejects when it does not. */
export interface TaskBackendCase {
  readonly title: string;
  /** Whether it is about tasks that wait, which a backend that runs them at once does not have. */
  readonly waiting?: boolean;
  /** Whether it is about several processes, which a backend within one does not have. */
  readonly acrossProcesses?: boolean;
  run(backend: TaskBackend, under: TaskBackendUnderTest): Promise<void>;
}

/** What every {@link TaskBackend} must do; run each case against a connected one. */
export const TASK_BACKEND_CASES: readonly TaskBackendCase[] = [
  {
    title: 'gives a task to a worker as it was enqueued, and keeps what it answered',
    async run(backend) {
      const queue = someQueue();
      const { came } = await startWork(backend, queue, () => ({ kind: 'succeeded', result: '{"sum":3}' }));
      const task = someTask({ queue, args: '["ä\\u2028",{"n":1}]', headers: { retry: 7, requestId: 'r1' } });
      deepEqual(await backend.enqueue([task]), [{ id: task.id, isNew: true }]);
      await untilStatus(backend, task.id, 'succeeded');
      const [delivery] = came;
      deepEqual(
        [delivery?.id, delivery?.name, delivery?.queue, delivery?.args, delivery?.headers, delivery?.attempt],
        [task.id, 'a', queue, task.args, task.headers, 1],
      );
      equal(delivery?.crashes, 0);
      const { result, attempts, createdAt, endedAt } = (await backend.find(task.id)) ?? {};
      deepEqual([result, attempts], ['{"sum":3}', 1]);
      ok(Number(endedAt) >= Number(createdAt) && Math.abs(Date.now() - Number(endedAt)) < 60_000);
    },
  },
  {
    title: 'knows nothing of a task that was never enqueued',
    async run(backend) {
      deepEqual([await backend.find(someTask().id), await backend.cancel(someTask().id)], [undefined, false]);
    },
  },
  {
    title: 'takes a task once, however often it is enqueued under its id',
    async run(backend) {
      const queue = someQueue();
      const task = someTask({ queue });
      await backend.enqueue([task]);
      await backend.enqueue([task, someTask({ queue })]);
      const { came } = await startWork(backend, queue);
      await backend.enqueue([someTask({ queue, name: 'b' })]);
      await until(() => came.some(({ name }) => name === 'b'));
      await backend.enqueue([task]);
      equal(came.filter(({ id }) => id === task.id).length, came.some(({ id }) => id === task.id) ? 1 : 0);
    },
  },
  {
    title: 'gives tasks of a higher priority first, and others in the order in which they came',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const priorities = [0, 5, -3, 5, 0, 1000, -1000];
      await backend.enqueue(priorities.map((priority, n) => someTask({ queue, priority, args: `[${n}]` })));
      const { came } = await startWork(backend, queue, undefined, { concurrency: 1 });
      await until(() => came.length === priorities.length);
      deepEqual(argsOf(came), ['[5]', '[1]', '[3]', '[0]', '[4]', '[2]', '[6]']);
    },
  },
  {
    title: 'gives a task not before its time',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const { came } = await startWork(backend, queue);
      const [late, soon] = [someTask({ queue, delayMs: 60_000 }), someTask({ queue, delayMs: 150 })];
      const since = Date.now();
      await backend.enqueue([late, soon]);
      equal((await backend.find(late.id))?.status, 'scheduled');
      await untilStatus(backend, soon.id, 'succeeded');
      ok(Date.now() - since >= 145);
      deepEqual(
        came.map(({ id }) => id),
        [soon.id],
      );
    },
  },
  {
    title: 'leaves tasks whose code a worker does not have to those that have it',
    waiting: true,
    async run(backend, under) {
      const queue = someQueue();
      const decide = () => ({ kind: 'released', delayMs: 50 }) as const;
      const old = await startWork(backend, queue, decide, { names: () => ['b'] });
      const task = someTask({ queue });
      const known = someTask({ queue, name: 'b' });
      await backend.enqueue([task, known]);
      await until(async () => (await backend.find(known.id))?.status !== 'running');
      await old.work.drain(5000);
      ok(['waiting', 'scheduled'].includes((await backend.find(task.id))?.status ?? ''));
      const other = await under.open();
      const { came } = await startWork(other, queue);
      await until(() => came.some(({ id }) => id === task.id));
      equal(came.find(({ id }) => id === task.id)?.attempt, 1);
      await other.disconnect();
    },
  },
  {
    title: 'takes no second task with a unique key while the first waits or runs',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const unique = `u-${queue}`;
      const [first, second, third] = [
        someTask({ queue, unique }),
        someTask({ queue, unique }),
        someTask({ queue, unique }),
      ];
      await backend.enqueue([first]);
      deepEqual(await backend.enqueue([second]), [{ id: first.id, isNew: false }]);
      const ended = Promise.withResolvers<void>();
      const { came } = await startWork(backend, queue, async () => {
        await ended.promise;
        return SUCCEEDED;
      });
      await until(() => came.length === 1);
      deepEqual(await backend.enqueue([second]), [{ id: first.id, isNew: false }]);
      ended.resolve();
      await untilStatus(backend, first.id, 'succeeded');
      deepEqual(await backend.enqueue([third]), [{ id: third.id, isNew: true }]);
      await untilStatus(backend, third.id, 'succeeded');
    },
  },
  {
    title: 'gives back a unique key when its task failed for good or was cancelled',
    waiting: true,
    async run(backend) {
      const queue = someQueue();
      const unique = `u-${queue}`;
      const some = () => someTask({ queue, unique });
      const [failing, waiting, last] = [some(), some(), some()];
      const { work } = await startWork(backend, queue, () => ({ kind: 'failed', error: 'no' }));
      await backend.enqueue([failing]);
      await untilStatus(backend, failing.id, 'failed');
      await work.drain(5000);
      deepEqual(await backend.enqueue([waiting]), [{ id: waiting.id, isNew: true }]);
      await backend.cancel(waiting.id);
      deepEqual(await backend.enqueue([last]), [{ id: last.id, isNew: true }]);
    },
  },
  {
    title: 'runs no more tasks at the same time than asked for, of several queues together',
    waiting: true,
    async run(backend) {
      const [first, second] = [someQueue(), someQueue()];
      let [running, most, done] = [0, 0, 0];
      const decide = async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        running -= 1;
        done += 1;
        return SUCCEEDED;
      };
      await backend.enqueue(Array.from({ length: 24 }, (_, n) => someTask({ queue: n % 2 ? first : second })));
      await startWork(backend, first, decide, { queues: [first, second], concurrency: 3 });
      await until(() => done === 24);
      equal(most, 3);
    },
  },
  {
    title: 'gives each task to one of several workers',
    acrossProcesses: true,
    waiting: true,
    async run(backend, under) {
      const queue = someQueue();
      const other = await under.open();
      await backend.enqueue(Array.from({ length: 200 }, (_, n) => someTask({ queue, args: `[${n}]` })));
      const [one, two] = [await startWork(backend, queue), await startWork(other, queue)];
      await until(() => one.came.length + two.came.length >= 200);
      const all = argsOf([...one.came, ...two.came]);
      deepEqual([all.length, new Set(all).size], [200, 200]);
      await other.disconnect();
    },
  },
  ...OUTCOME_CASES,
  ...LIMIT_AND_SCHEDULE_CASES,
];
