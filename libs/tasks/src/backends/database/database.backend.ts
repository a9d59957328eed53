import { type Database, onCommit, runInContext } from '@core-framework/orm';
import { connectionOf, purgeRows, sqlTimeOf, transactionOf } from '@core-framework/outbox';
import { type RawBuilder, sql } from 'kysely';
import { PullingWork } from '../pulling/pulling-work.js';
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
} from '../task-backend.js';
import { DatabaseGroups } from './database-groups.js';
import { DatabaseLimits } from './database-limits.js';
import { DatabaseSchedules } from './database-schedules.js';
import { type DatabaseClaim, DatabaseTaskStore } from './database-task-store.js';
import { insertTasks } from './insert-tasks.js';
import { countTasks, readTasks } from './task-records.js';
import { TASK_TABLE } from './task-table.js';

/** Milliseconds between two looks for tasks that have been kept for long enough. */
const PURGE_INTERVAL_MS = 60_000;

/** On which the workers of all processes hear of tasks. */
const CHANNEL = 'core_tasks';

/** How tasks are kept in the database. */
export interface DatabaseBackendOptions {
  /** Longest time in milliseconds until a task is seen that another process enqueued. @defaultValue 1000 */
  readonly pollMs?: number;
  /** Milliseconds for which results are kept. @defaultValue a day */
  readonly resultTtlMs?: number;
  /** Milliseconds for which tasks that were given up are kept. @defaultValue 7 days */
  readonly failedTtlMs?: number;
}

/** Keeps tasks in the application's database: a task is enqueued if and only if its transaction commits. */
export class DatabaseTaskBackend implements TaskBackend {
  readonly name = 'database';
  readonly transactions = 'database';
  readonly #options: Required<DatabaseBackendOptions>;
  readonly #limits: DatabaseLimits;
  readonly #groups: DatabaseGroups;
  readonly #schedules: DatabaseSchedules;
  readonly #store: DatabaseTaskStore;
  readonly #works = new Set<PullingWork<DatabaseClaim>>();
  #purging: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    options: DatabaseBackendOptions = {},
  ) {
    this.#options = { pollMs: 1000, resultTtlMs: 86_400_000, failedTtlMs: 604_800_000, ...options };
    this.#limits = new DatabaseLimits(database);
    this.#groups = new DatabaseGroups(database);
    this.#schedules = new DatabaseSchedules(database);
    this.#store = new DatabaseTaskStore(database, this.#limits, this.#groups, () => this.#wakeAll());
  }

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {
    clearInterval(this.#purging);
    this.#stopListening?.();
    await Promise.all([...this.#works].map((work) => work.drain(0)));
    this.#works.clear();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    const { rows } = await this.#alone(() =>
      sql<{ n: string | number }>`select count(*) as n from ${sql.table(TASK_TABLE.name)}
        where done_at is null and failed_at is null`.execute(connectionOf(this.database)),
    );
    return { pending: Number(rows[0]?.n ?? 0) };
  }

  async enqueue(tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]> {
    if (tasks.length === 0) return [];
    const enqueued = await insertTasks(this.database, tasks);
    const soonest = tasks.reduce((least, { delayMs }) => Math.min(least, delayMs), Number.POSITIVE_INFINITY);
    if (transactionOf(this.database)) onCommit(() => this.#wakeAll(soonest), { database: this.database });
    else this.#wakeAll(soonest);
    return enqueued;
  }

  async work(request: WorkRequest, run: RunTask): Promise<TaskWork> {
    const { pollMs } = this.#options;
    const work = this.#alone(() => new PullingWork(this.#store, request, run, { pollMs }));
    this.#works.add(work);
    this.#stopListening ??= this.database.signals.listen(CHANNEL, () => this.#wake());
    this.#purging ??= setInterval(() => void this.purge().catch(() => undefined), PURGE_INTERVAL_MS);
    return work;
  }

  async find(id: string): Promise<TaskRecord | undefined> {
    const [found] = await this.#joined(() => readTasks(this.database, { where: sql`id = ${id}`, limit: 1 }));
    return found;
  }

  async cancel(id: string): Promise<boolean> {
    const { now } = sqlTimeOf(this.database);
    const open = sql`id = ${id} and done_at is null and failed_at is null`;
    const waits = sql`(locked_until is null or locked_until <= ${now})`;
    const set = (changes: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
      this.#joined(async () => {
        const { numAffectedRows = 0n } =
          await sql`update ${sql.table(TASK_TABLE.name)} set cancelled_at = ${now}${changes}
          where ${where}`.execute(connectionOf(this.database));
        return numAffectedRows > 0n;
      });
    const ended = sql`, done_at = ${now}, unique_key = null, locked_until = null, lease = null`;
    if (await set(ended, sql`${open} and ${waits}`)) return true;
    if (!(await set(sql``, open))) return false;
    for (const work of this.#works) work.cancel(id);
    return true;
  }

  counts(queue: string): Promise<QueueCounts> {
    return this.#joined(() => countTasks(this.database, queue));
  }

  failed(queue: string, limit: number): Promise<readonly TaskRecord[]> {
    const where = sql`queue = ${queue} and failed_at is not null order by failed_at desc, seq desc`;
    return this.#joined(() => readTasks(this.database, { where, limit }));
  }

  async revive(queue: string, ids?: readonly string[]): Promise<number> {
    if (ids?.length === 0) return 0;
    const which = sql`queue = ${queue}${ids ? sql` and id in (${sql.join(ids)})` : sql``}`;
    const revived = await this.#joined(async () => {
      await sql`update ${sql.table(TASK_TABLE.name)} set failures = 0, cancelled_at = null where failed_at is not null and ${which}`.execute(
        connectionOf(this.database),
      );
      return this.#store.queue.revive(which);
    });
    this.#wakeAll();
    return revived;
  }

  takePermits(key: string, limit: RateLimit, count: number): Promise<Permits> {
    return this.#limits.take(key, limit, count);
  }

  schedule(name: string): Promise<ScheduleState> {
    return this.#schedules.state(name);
  }

  async claimSlot(claim: SlotClaim): Promise<boolean> {
    const claimed = await this.#schedules.claim(claim);
    if (claimed) this.#wakeAll();
    return claimed;
  }

  pauseSchedule(name: string, paused: boolean): Promise<void> {
    return this.#schedules.pause(name, paused);
  }

  /** Deletes what has been kept for long enough, and answers how much that was. */
  purge(): Promise<number> {
    const { resultTtlMs, failedTtlMs } = this.#options;
    const { after } = sqlTimeOf(this.database);
    return this.#alone(async () => {
      const done = await this.#store.queue.purge(resultTtlMs);
      const old = sql`failed_at <= ${after(-failedTtlMs)}`;
      const limits = sql`window_ends <= ${after(-PURGE_INTERVAL_MS)}`;
      await purgeRows(this.database, 'task_limits', limits);
      await this.#groups.purge();
      return done + (await purgeRows(this.database, TASK_TABLE.name, old));
    });
  }

  #wake(delayMs = 0): void {
    for (const work of this.#works) work.wake(delayMs);
  }

  /** Has the workers of other processes look soon, too, unless what they would find is not due yet. */
  #wakeAll(delayMs = 0): void {
    this.#wake(delayMs);
    if (delayMs <= 0) this.database.signals.send(CHANNEL);
  }

  /** In the work in hand, or one of its own where there is none. */
  #joined<T>(work: () => Promise<T>): Promise<T> {
    return transactionOf(this.database) ? work() : this.#alone(work);
  }

  #alone<T>(work: () => T): T {
    return runInContext(work, { database: this.database, isolated: true });
  }
}
