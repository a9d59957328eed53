import { setTimeout as pause } from 'node:timers/promises';
import { CoreError } from '@core-framework/common';
import { Queue, type QueueOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type {
  EnqueuedTask,
  NewTask,
  Permits,
  QueueCounts,
  RateLimit,
  RunTask,
  ScheduleState,
  SlotClaim,
  TaskBackend,
  TaskRecord,
  TaskWork,
  WorkRequest,
} from '../backends/task-backend.js';
import { checkQueueName } from '../definitions/task-options.js';
import { TaskBackendUnreachableError } from '../errors/tasks.errors.js';
import { cancelledRecord, jobOptionsOf, type RedisJob, recordOf, type TaskJobData } from './redis-job.js';
import { FAREWELL_MS, redisClient } from './redis-client.js';
import { RedisCoordination } from './redis-coordination.js';
import { RedisResults } from './redis-results.js';
import { RedisTaskWork } from './redis-work.js';

/** Milliseconds between two tries to connect. */
const CONNECT_AGAIN_MS = 50;
/** Longest wait between two tries to connect again. */
const LONGEST_RETRY_MS = 1000;
/** Tasks that are revived together: the time that a server has to answer is for these, not for all. */
const MOST_REVIVED = 100;
/** Steps in which the time is counted that a server has to answer. */
const WAITING_STEPS = 10;

/** How tasks are kept in Redis. */
export interface RedisBackendOptions {
  readonly url: string;
  /** Server that keeps what tasks answered. @defaultValue the same, with the task itself */
  readonly resultUrl?: string;
  /** Part of all its keys, so that several applications may share a server. @defaultValue 'tasks' */
  readonly prefix?: string;
  /** Milliseconds after which a server that does not answer counts as gone. @defaultValue 5000 */
  readonly timeoutMs?: number;
  /** Milliseconds for which results are kept. @defaultValue a day */
  readonly resultTtlMs?: number;
  /** Milliseconds for which tasks that were given up are kept. @defaultValue 7 days */
  readonly failedTtlMs?: number;
}

/**
 * Keeps tasks in Redis, in queues of BullMQ: for many workers on many machines. Tasks that are enqueued in a transaction
 * leave it through the outbox.
 */
export class RedisTaskBackend implements TaskBackend {
  readonly name = 'redis';
  readonly transactions = 'outbox';
  readonly #options: Required<Omit<RedisBackendOptions, 'resultUrl'>>;
  readonly #client: Redis;
  readonly #coordination: RedisCoordination;
  readonly #results: RedisResults | undefined;
  readonly #queues = new Map<string, Queue<TaskJobData>>();
  readonly #announced = new Set<string>();
  readonly #works = new Set<RedisTaskWork>();

  constructor({ resultUrl, ...options }: RedisBackendOptions) {
    this.#options = {
      prefix: 'tasks',
      timeoutMs: 5000,
      resultTtlMs: 86_400_000,
      failedTtlMs: 604_800_000,
      ...options,
    };
    const { prefix, timeoutMs, resultTtlMs: ttlMs } = this.#options;
    this.#client = redisClient(options.url, timeoutMs);
    this.#coordination = new RedisCoordination(this.#client, prefix);
    if (resultUrl !== undefined && resultUrl !== options.url) {
      this.#results = new RedisResults(resultUrl, { prefix, timeoutMs, ttlMs });
    }
  }

  async connect(): Promise<void> {
    await this.#answered(async (isOver) => {
      for (;;) {
        try {
          if (this.#client.status === 'wait') await this.#client.connect();
          await this.#client.ping();
          return await this.#results?.connect();
        } catch (error) {
          if (isOver()) throw error;
          // A server that has just been started, or a process that was too busy to hear it.
          await pause(CONNECT_AGAIN_MS);
        }
      }
    });
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#works].map((work) => work.drain(0)));
    this.#works.clear();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close().catch(() => undefined)));
    this.#queues.clear();
    this.#client.disconnect();
    this.#results?.disconnect();
  }

  /** Rejects also when the server may throw tasks away; says whether it keeps them over a restart. */
  async health(): Promise<Readonly<Record<string, unknown>>> {
    return this.#answered(async () => {
      const info = await this.#client.info();
      const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
      if (policy && policy !== 'noeviction') {
        throw new Error(`its maxmemory-policy is ${policy}, with which it forgets tasks; set it to noeviction`);
      }
      return { persistent: /^aof_enabled:1/m.test(info) };
    });
  }

  /** BullMQ's own queue of that name, for what is not said here. */
  native(queue: string): Queue<TaskJobData> {
    let made = this.#queues.get(queue);
    if (!made) {
      checkQueueName('The backend', queue);
      const { connection, ...common } = this.#connection();
      // It keeps no commands for a server that is away: a task of which somebody was told so must not be run later.
      const hasty = { enableOfflineQueue: false, maxRetriesPerRequest: 1, retryStrategy: retryDelayMs };
      made = new Queue<TaskJobData>(queue, { ...common, connection: { ...connection, ...hasty } });
      made.on('error', () => undefined);
      this.#queues.set(queue, made);
    }
    return made;
  }

  async enqueue(tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]> {
    if (tasks.length === 0) return [];
    return this.#answered(async (isOver) => {
      const byQueue = Map.groupBy(tasks, ({ queue }) => queue);
      const jobs = new Map<NewTask, RedisJob>();
      await this.#announce([...byQueue.keys()]);
      for (const [name, given] of byQueue) {
        const wanted = given.map((task) => ({
          name: task.name,
          data: { args: task.args, headers: task.headers, failures: 0 },
          opts: jobOptionsOf(task),
        }));
        const [only] = wanted;
        const queue = this.native(name);
        await untilReady(queue, isOver);
        const added =
          wanted.length === 1 && only
            ? [await queue.add(only.name, only.data, only.opts)]
            : await queue.addBulk(wanted);
        for (const [index, job] of added.entries()) jobs.set(given[index] as NewTask, job);
      }
      return tasks.map((task) => {
        const id = jobs.get(task)?.id ?? task.id;
        return { id, isNew: id === task.id };
      });
    });
  }

  async work(request: WorkRequest, run: RunTask): Promise<TaskWork> {
    await this.#answered(() => this.#announce(request.queues));
    const { resultTtlMs, failedTtlMs } = this.#options;
    const work = new RedisTaskWork(request, run, {
      resultTtlMs,
      failedTtlMs,
      connection: this.#connection(),
      coordination: this.#coordination,
      results: this.#results,
      enqueue: (tasks) => this.enqueue(tasks),
      cancel: (id) => this.cancel(id),
    });
    this.#works.add(work);
    await work.ready();
    return work;
  }

  async find(id: string): Promise<TaskRecord | undefined> {
    return this.#answered(async () => {
      const found = await this.#jobOf(id);
      const cancelled = await this.#coordination.cancelled(id);
      if (cancelled?.record) return cancelled.record;
      if (!found) return undefined;
      const record = recordOf(found.job, found.state, cancelled !== undefined);
      const result = record.status === 'succeeded' ? await this.#results?.find(id) : undefined;
      return result === undefined ? record : { ...record, result };
    });
  }

  async cancel(id: string): Promise<boolean> {
    return this.#answered(async () => {
      const found = await this.#jobOf(id);
      if (!found) return false;
      const { job, state } = found;
      if (state === 'completed' || state === 'failed' || state === 'unknown') return false;
      const { resultTtlMs } = this.#options;
      if (state !== 'active') {
        // A job that was taken meanwhile is locked, and told like any that runs.
        const removed = await job.remove().then(
          () => true,
          () => false,
        );
        if (removed) {
          await this.#coordination.cancel(id, resultTtlMs, cancelledRecord(job));
          return true;
        }
      }
      await this.#coordination.cancel(id, resultTtlMs);
      for (const work of this.#works) work.cancel(id);
      return true;
    });
  }

  async counts(queue: string): Promise<QueueCounts> {
    const states = ['waiting', 'prioritized', 'delayed', 'active', 'failed'] as const;
    const counts = await this.#answered(() => this.native(queue).getJobCounts(...states));
    const of = (state: (typeof states)[number]) => counts[state] ?? 0;
    return {
      waiting: of('waiting') + of('prioritized'),
      scheduled: of('delayed'),
      running: of('active'),
      failed: of('failed'),
    };
  }

  async failed(queue: string, limit: number): Promise<readonly TaskRecord[]> {
    return this.#answered(async () => {
      const last = Number.isFinite(limit) ? limit - 1 : -1;
      const jobs = limit < 1 ? [] : await this.native(queue).getFailed(0, last);
      return jobs.map((job) => recordOf(job, 'failed', false));
    });
  }

  async revive(queue: string, ids?: readonly string[]): Promise<number> {
    const given = ids ?? (await this.#answered(() => this.native(queue).getRanges(['failed'], 0, -1)));
    let revived = 0;
    for (let from = 0; from < given.length; from += MOST_REVIVED) {
      const some = given.slice(from, from + MOST_REVIVED);
      const done = await this.#answered(() => Promise.all(some.map((id) => this.#reviveOne(queue, id))));
      revived += done.filter(Boolean).length;
    }
    return revived;
  }

  takePermits(key: string, limit: RateLimit, count: number): Promise<Permits> {
    return this.#answered(() => this.#coordination.takePermits(key, limit, count));
  }

  schedule(name: string): Promise<ScheduleState> {
    return this.#answered(async () => {
      await this.#emitLeft(name);
      return this.#coordination.schedule(name);
    });
  }

  async claimSlot(claim: SlotClaim): Promise<boolean> {
    return this.#answered(async () => {
      if (!(await this.#coordination.claimSlot(claim))) return false;
      await this.#emitLeft(claim.name);
      return true;
    });
  }

  pauseSchedule(name: string, paused: boolean): Promise<void> {
    return this.#answered(() => this.#coordination.pauseSchedule(name, paused));
  }

  async #reviveOne(queue: string, id: string): Promise<boolean> {
    const job = await this.native(queue).getJob(id);
    if (!job || (await job.getState()) !== 'failed') return false;
    await job.updateData({ ...job.data, failures: 0, error: undefined });
    await this.#coordination.forgetCancel(id);
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    return true;
  }

  /** Enqueues the tasks of a slot that was claimed; also those of a scheduler that died before it could. */
  async #emitLeft(name: string): Promise<void> {
    const left = await this.#coordination.leftOf(name);
    if (!left) return;
    await this.enqueue(left.tasks);
    await this.#coordination.emitted(name, left.text);
  }

  /** A job and its state; the state is read first, so that one that has ended comes with what it ended with. */
  async #jobOf(id: string): Promise<{ readonly job: RedisJob; readonly state: string } | undefined> {
    for (const name of await this.#coordination.queuesWith(id)) {
      const queue = this.native(name);
      const state = await queue.getJobState(id);
      const job = (await queue.getJob(id)) as RedisJob | undefined;
      if (job) return { job, state };
    }
    return undefined;
  }

  async #announce(queues: readonly string[]): Promise<void> {
    const unknown = queues.filter((queue) => !this.#announced.has(queue));
    if (unknown.length === 0) return;
    await this.#coordination.announce(unknown);
    for (const queue of unknown) this.#announced.add(queue);
  }

  #connection() {
    const { url, prefix } = this.#options;
    return { connection: { url, maxRetriesPerRequest: null, disconnectTimeout: FAREWELL_MS }, prefix } satisfies Pick<
      QueueOptions,
      'connection' | 'prefix'
    >;
  }

  /** @throws TaskBackendUnreachableError when the server does not answer in time */
  async #answered<T>(ask: (isOver: () => boolean) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    // By steps: while the process hears nothing, because it is busy with other things, the server is not late.
    let steps = WAITING_STEPS;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setInterval(() => {
        steps -= 1;
        if (steps === 0) reject(new Error(`it did not answer within ${timeoutMs} ms`));
      }, timeoutMs / WAITING_STEPS);
    });
    try {
      return await Promise.race([ask(() => steps <= 1), late]);
    } catch (error) {
      // What is wrong with the question itself has nothing to do with the server.
      throw error instanceof CoreError ? error : new TaskBackendUnreachableError('redis', error);
    } finally {
      steps = 0;
      clearInterval(timer);
    }
  }
}

/** A server that was restarted is back soon; until then whoever waits for it may still be served. */
async function untilReady(queue: Queue<TaskJobData>, isOver: () => boolean): Promise<void> {
  const client = await queue.getBackend().client;
  while (client.status !== 'ready' && !isOver()) await pause(CONNECT_AGAIN_MS);
  if (isOver()) throw new Error('it is away');
}

function retryDelayMs(times: number): number {
  return Math.min(times * CONNECT_AGAIN_MS, LONGEST_RETRY_MS);
}
