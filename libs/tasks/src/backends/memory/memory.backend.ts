import { type Clock, systemClock } from '@core-framework/common';
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
import { MemoryGroups } from './memory-groups.js';
import { MemoryLimits } from './memory-limits.js';
import { type MemoryClaim, MemoryTaskStore } from './memory-task-store.js';

const PURGE_INTERVAL_MS = 60_000;

/** How long ended tasks are kept. */
export interface MemoryBackendOptions {
  /** Milliseconds for which results are kept. @defaultValue a day */
  readonly resultTtlMs?: number;
  /** Milliseconds for which tasks that were given up are kept. @defaultValue 7 days */
  readonly failedTtlMs?: number;
  /** Tells when tasks are due, for tests that move it. @defaultValue that of the machine */
  readonly clock?: Clock;
}

type MemorySchedule = Omit<ScheduleState, 'now'>;

/** Keeps tasks in the process: for tests and for work that may be lost with it. */
export class MemoryTaskBackend implements TaskBackend {
  readonly name: string = 'memory';
  readonly transactions = 'after-commit';
  protected readonly store: MemoryTaskStore;
  readonly #limits = new MemoryLimits();
  readonly #groups = new MemoryGroups();
  readonly #schedules = new Map<string, MemorySchedule>();
  readonly #works = new Set<PullingWork<MemoryClaim>>();
  readonly #options: Required<MemoryBackendOptions>;
  #purging: NodeJS.Timeout | undefined;

  constructor(options: MemoryBackendOptions = {}) {
    this.#options = { resultTtlMs: 86_400_000, failedTtlMs: 604_800_000, clock: systemClock, ...options };
    this.store = new MemoryTaskStore(this.#limits, this.#groups, this.#options.clock, (delayMs) => {
      for (const work of this.#works) work.wake(delayMs);
    });
  }

  async connect(): Promise<void> {
    this.#purging ??= setInterval(() => this.purge(), PURGE_INTERVAL_MS);
  }

  async disconnect(): Promise<void> {
    clearInterval(this.#purging);
    await Promise.all([...this.#works].map((work) => work.drain(0)));
    this.#works.clear();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    return {};
  }

  async enqueue(tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]> {
    return this.store.enqueue(tasks);
  }

  async work(request: WorkRequest, run: RunTask): Promise<TaskWork> {
    const work = new PullingWork(this.store, request, run, { pollMs: 1000 });
    this.#works.add(work);
    return work;
  }

  async find(id: string): Promise<TaskRecord | undefined> {
    return this.store.find(id);
  }

  async cancel(id: string): Promise<boolean> {
    if (!this.store.cancel(id)) return false;
    for (const work of this.#works) work.cancel(id);
    return true;
  }

  async counts(queue: string): Promise<QueueCounts> {
    return this.store.counts(queue);
  }

  async failed(queue: string, limit: number): Promise<readonly TaskRecord[]> {
    return this.store.failed(queue).slice(0, limit);
  }

  async revive(queue: string, ids?: readonly string[]): Promise<number> {
    return this.store.revive(queue, ids);
  }

  async takePermits(key: string, limit: RateLimit, count: number): Promise<Permits> {
    return this.#limits.take(key, limit, count);
  }

  async schedule(name: string): Promise<ScheduleState> {
    return { isPaused: false, ...this.#schedules.get(name), now: this.#options.clock.now() };
  }

  async claimSlot({ name, previous, slot, tasks }: SlotClaim): Promise<boolean> {
    const before: MemorySchedule = this.#schedules.get(name) ?? { isPaused: false };
    if (before.lastSlot?.getTime() !== previous?.getTime()) return false;
    const lastTask = tasks.at(-1)?.id ?? before.lastTask;
    this.#schedules.set(name, { ...before, lastSlot: slot, lastTask });
    await this.enqueue(tasks);
    return true;
  }

  async pauseSchedule(name: string, isPaused: boolean): Promise<void> {
    this.#schedules.set(name, { ...this.#schedules.get(name), isPaused });
  }

  /** Forgets what has been kept for long enough. */
  purge(): void {
    const { clock, resultTtlMs, failedTtlMs } = this.#options;
    this.store.purge((status) => clock.now().getTime() - (status === 'failed' ? failedTtlMs : resultTtlMs));
    this.#limits.purge();
    this.#groups.purge(clock.now().getTime());
  }
}
