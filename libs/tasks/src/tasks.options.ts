import type { CoreSettings } from '@core-framework/config';
import type { Database } from '@core-framework/orm';
import type { TaskBackend } from './backends/task-backend.js';
import type { TaskDefaults } from './definitions/task-definition.js';
import { checkQueueName, checkRateLimit, type TaskRateLimit } from './definitions/task-options.js';
import { InvalidTaskOptionError } from './errors/tasks.errors.js';
import { type Duration, millisecondsOf } from './timing/duration.js';
import type { QueueRules } from './working/task-worker.js';

/** How a queue is served. */
export interface QueueOptions {
  /** Tasks of it that one worker runs at the same time, beside those of other queues. @defaultValue that of the worker */
  readonly concurrency?: number;
  /** Starts of its tasks, of all workers together. @defaultValue as many as come */
  readonly rateLimit?: Pick<TaskRateLimit, 'max' | 'per'>;
}

/** What the worker of this process serves. */
export interface WorkerOptions {
  /** @defaultValue the setting `TASK_QUEUES`, else the queues of the tasks that this process knows */
  readonly queues?: readonly string[];
  /** Most tasks at the same time, of all queues without a concurrency of their own. @defaultValue the setting `TASK_WORKER_CONCURRENCY`: 4 */
  readonly concurrency?: number;
}

/** Options of `TasksModule.forRoot`. */
export interface TasksOptions {
  /** Where tasks wait, or its name: `database`, `redis`, `memory`, `sync` or one of `backends`. @defaultValue the setting `TASK_BACKEND`: `database` */
  readonly backend?: string | TaskBackend;
  /** Backends of one's own, by the names that `TASK_BACKEND` may have. @defaultValue {} */
  readonly backends?: Readonly<Record<string, (settings: Partial<CoreSettings>) => TaskBackend>>;
  /** @defaultValue {} */
  readonly queues?: Readonly<Record<string, QueueOptions>>;
  /**
   * Whether this process runs tasks, and which.
   * @defaultValue the settings `TASK_WORKER`, `TASK_IN_PROCESS`: true where database and tasks are embedded (SQLite, PGlite), else false
   */
  readonly worker?: boolean | WorkerOptions;
  /**
   * Whether this process emits periodic tasks.
   * @defaultValue the settings `TASK_SCHEDULER`, `TASK_IN_PROCESS`: true where database and tasks are embedded (SQLite, PGlite), else false
   */
  readonly scheduler?: boolean;
  /** Time zone of periodic tasks that name none. @defaultValue the setting `TASK_TIMEZONE`: that of `TIMEZONE` */
  readonly timezone?: string;
  /** Queue of tasks that name none. @defaultValue the setting `TASK_DEFAULT_QUEUE`: 'default' */
  readonly queue?: string;
  /** How often a task is tried again. @defaultValue the setting `TASK_DEFAULT_RETRY`: 3 */
  readonly retry?: number;
  /** Time after which a task is stopped. @defaultValue the setting `TASK_DEFAULT_TIMEOUT`: 300 seconds */
  readonly timeout?: Duration;
  /** Time after which the tasks of a worker that died are given to another. @defaultValue 15 seconds */
  readonly lease?: Duration;
  /** Longest time until a task is seen that another process enqueued. @defaultValue the setting `TASK_POLL`: 1 second */
  readonly poll?: Duration;
  /** Time for which results are kept. @defaultValue the setting `TASK_RESULT_TTL`: a day */
  readonly resultTtl?: Duration;
  /** Milliseconds that tasks in work have when the application shuts down. @defaultValue the setting `SHUTDOWN_TIMEOUT_MS` */
  readonly drainTimeoutMs?: number;
}

/** What the module must know before its options are there. */
export interface TasksExtras {
  /** The connection whose transactions tasks belong to. @defaultValue 'default' */
  readonly connection?: string;
}

/** {@link TasksOptions} with every default filled in. */
export interface ResolvedTasksOptions {
  readonly defaults: TaskDefaults;
  readonly rules: ReadonlyMap<string, QueueRules>;
  readonly worker: WorkerOptions | undefined;
  readonly scheduler: boolean;
  readonly timezone: string;
  /** Whether nobody said that this process runs tasks: it does because nothing else would. */
  readonly isHostedByDefault: boolean;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly resultTtlMs: number;
  readonly drainTimeoutMs: number;
}

/** Token of the options. */
export const TASKS_OPTIONS = Symbol.for('@core-framework/tasks:options');
/** Token of the {@link ResolvedTasksOptions}. */
export const RESOLVED_TASKS_OPTIONS = Symbol.for('@core-framework/tasks:resolved-options');
/** Injection token of the {@link TaskBackend}. */
export const TASK_BACKEND = Symbol.for('@core-framework/tasks:backend');

const LEASE_MS = 15_000;
/** Workers look after what they hold three times within a lease. */
const SHORTEST_LEASE_MS = 100;
const SHORTEST_POLL_MS = 10;
/** What timers can wait for. */
const LONGEST_MS = 86_400_000;

/** @throws InvalidTaskOptionError */
export function resolveTasksOptions(
  options: TasksOptions,
  settings: Partial<CoreSettings>,
  isEmbedded: boolean,
): ResolvedTasksOptions {
  const queue = options.queue ?? settings.taskDefaultQueue ?? 'default';
  checkQueueName('TasksModule', queue);
  const asked = options.worker ?? settings.taskWorker ?? settings.taskInProcess;
  const said = typeof asked === 'object' ? asked : {};
  const queues = said.queues ?? (settings.taskQueues?.length ? settings.taskQueues : undefined);
  const concurrency = said.concurrency ?? settings.taskWorkerConcurrency ?? 4;
  checkConcurrency('The worker', concurrency);
  for (const name of queues ?? []) checkQueueName('The worker', name);
  const retry = options.retry ?? settings.taskDefaultRetry ?? 3;
  checkWhole('retry', retry, 0);
  const drainTimeoutMs = options.drainTimeoutMs ?? settings.shutdownTimeoutMs ?? 10_000;
  checkWhole('drainTimeoutMs', drainTimeoutMs, 0);
  return {
    defaults: {
      queue,
      retry,
      timeoutMs: within('timeout', options.timeout ?? settings.taskDefaultTimeout ?? 300, 1),
    },
    rules: new Map(Object.entries(options.queues ?? {}).map(([name, rules]) => [name, rulesOf(name, rules)])),
    worker: (asked ?? isEmbedded) ? { queues, concurrency } : undefined,
    scheduler: options.scheduler ?? settings.taskScheduler ?? settings.taskInProcess ?? isEmbedded,
    timezone: options.timezone ?? settings.taskTimezone ?? 'UTC',
    isHostedByDefault: asked === undefined && isEmbedded,
    concurrency,
    leaseMs: options.lease === undefined ? LEASE_MS : within('lease', options.lease, SHORTEST_LEASE_MS, LONGEST_MS),
    pollMs: within('poll', options.poll ?? settings.taskPoll ?? 1, SHORTEST_POLL_MS, LONGEST_MS),
    resultTtlMs: millisecondsOf(options.resultTtl ?? settings.taskResultTtl ?? 86_400, 'resultTtl'),
    drainTimeoutMs,
  };
}

/** Whether the database is one that other machines do not reach. */
export function isEmbedded({ description }: Pick<Database, 'description'>): boolean {
  return /^(sqlite|pglite):/.test(description);
}

function rulesOf(name: string, { concurrency, rateLimit }: QueueOptions): QueueRules {
  checkQueueName('TasksModule', name);
  if (concurrency !== undefined) checkConcurrency(`The queue "${name}"`, concurrency);
  if (rateLimit) checkRateLimit(`The queue "${name}"`, rateLimit);
  return {
    ...(concurrency !== undefined && { concurrency }),
    ...(rateLimit && { rateLimit: { max: rateLimit.max, perMs: millisecondsOf(rateLimit.per, 'rateLimit') } }),
  };
}

function within(what: string, duration: Duration, leastMs: number, mostMs = Number.POSITIVE_INFINITY): number {
  const milliseconds = millisecondsOf(duration, what);
  if (milliseconds >= leastMs && milliseconds <= mostMs) return milliseconds;
  throw new InvalidTaskOptionError(
    `TasksModule has the ${what} ${JSON.stringify(duration)}.`,
    `Give ${leastMs} ms at least${Number.isFinite(mostMs) ? ' and a day at most' : ''}.`,
  );
}

function checkWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidTaskOptionError(`TasksModule has the ${what} ${value}.`, `Give a whole number from ${least} on.`);
}

function checkConcurrency(what: string, concurrency: number): void {
  if (Number.isSafeInteger(concurrency) && concurrency >= 1) return;
  throw new InvalidTaskOptionError(`${what} has the concurrency ${concurrency}.`, 'Give a whole number from 1 on.');
}
