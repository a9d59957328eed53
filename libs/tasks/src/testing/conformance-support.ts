import { randomUUID } from 'node:crypto';
import { SyncTaskBackend } from '../backends/sync/sync.backend.js';
import type {
  NewTask,
  RunTask,
  TaskBackend,
  TaskDelivery,
  TaskOutcome,
  TaskStatus,
  TaskWork,
  WorkRequest,
} from '../backends/task-backend.js';

/** How long a case waits for what must happen. */
const PATIENCE_MS = 15_000;

export const SUCCEEDED: TaskOutcome = { kind: 'succeeded' };

/** A name of its own, so that cases do not meet. */
export const someQueue = () => `q-${randomUUID().slice(0, 8)}`;

export function someTask(values: Partial<NewTask> = {}): NewTask {
  return { id: randomUUID(), name: 'a', queue: 'q', args: '[]', priority: 0, delayMs: 0, headers: {}, ...values };
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function untilStatus(backend: TaskBackend, id: string, status: TaskStatus): Promise<void> {
  await until(async () => (await backend.find(id))?.status === status);
}

/** A worker, and what it was given. */
export interface Working {
  readonly came: TaskDelivery[];
  readonly work: TaskWork;
}

/** Stands for the worker of a backend that needs none. */
const AT_ONCE: TaskWork = { running: 0, pause: () => undefined, resume: () => undefined, drain: async () => 0 };

/** Has a worker take the tasks of a queue; what becomes of them `decide` says. */
export async function startWork(
  backend: TaskBackend,
  queue: string,
  decide: (delivery: TaskDelivery) => TaskOutcome | Promise<TaskOutcome> = () => SUCCEEDED,
  request: Partial<WorkRequest> = {},
): Promise<Working> {
  const came: TaskDelivery[] = [];
  const run: RunTask = async (delivery) => {
    came.push(delivery);
    return decide(delivery);
  };
  if (backend instanceof SyncTaskBackend) {
    backend.runWith(run);
    return { came, work: AT_ONCE };
  }
  const names = () => ['a', 'b'];
  const work = await backend.work({ queues: [queue], names, concurrency: 10, leaseMs: 15_000, ...request }, run);
  return { came, work };
}

export const argsOf = (came: readonly TaskDelivery[]) => came.map(({ args }) => args);
