import { randomUUID } from 'node:crypto';
import type { ClaimedTask, KeptTasks, TaskClaim, TaskStore } from '../pulling/task-store.js';
import type { EnqueuedTask, NewTask, QueueCounts, TaskOutcome, TaskRecord, TaskStatus } from '../task-backend.js';
import type { Clock } from '@core-framework/common';
import { ClaimOrder } from './claim-order.js';
import type { MemoryGroups } from './memory-groups.js';
import type { MemoryLimits } from './memory-limits.js';

/** A task and what is known of it. */
interface MemoryTask extends NewTask {
  readonly seq: number;
  readonly createdAt: Date;
  availableAt: number;
  attempts: number;
  failures: number;
  lockedUntil: number;
  lease?: string;
  ended?: Extract<TaskStatus, 'succeeded' | 'failed' | 'cancelled'>;
  endedAt?: Date;
  isCancelled: boolean;
  result?: string;
  progress?: string;
  error?: string;
}

/** A claimed task, and the lease that holds it. */
export interface MemoryClaim extends ClaimedTask {
  readonly lease: string;
}

type Succeeded = Extract<TaskOutcome, { kind: 'succeeded' }>;

/** Pulls tasks out of the memory of the process. */
export class MemoryTaskStore implements TaskStore<MemoryClaim> {
  readonly #tasks = new Map<string, MemoryTask>();
  /** Those that have not ended, by queue. */
  readonly #open = new Map<string, ClaimOrder<MemoryTask>>();
  readonly #keys = new Map<string, MemoryTask>();
  #seq = 0;

  constructor(
    private readonly limits: MemoryLimits,
    private readonly groups: MemoryGroups,
    private readonly clock: Clock,
    /** Called when tasks were taken. */
    private readonly onEnqueued: (delayMs: number) => void,
  ) {}

  enqueue(tasks: readonly NewTask[]): readonly EnqueuedTask[] {
    const enqueued = tasks.map((task): EnqueuedTask => {
      const same = this.#tasks.get(task.id) ?? this.#holderOf(task.unique);
      if (same) return { id: same.id, isNew: false };
      const kept: MemoryTask = {
        ...task,
        seq: this.#seq++,
        createdAt: this.clock.now(),
        availableAt: this.#now + task.delayMs,
        attempts: 0,
        failures: 0,
        lockedUntil: 0,
        isCancelled: false,
      };
      this.#tasks.set(task.id, kept);
      this.#begin(kept);
      return { id: task.id, isNew: true };
    });
    const soonest = tasks.reduce((least, { delayMs }) => Math.min(least, delayMs), Number.POSITIVE_INFINITY);
    if (tasks.length > 0) this.onEnqueued(soonest);
    return enqueued;
  }

  async claim({ queue, names, limit, leaseMs, rateLimit }: TaskClaim): Promise<readonly MemoryClaim[]> {
    const now = this.#now;
    const isDue = (task: MemoryTask) => names.includes(task.name) && statusOf(task, now) === 'waiting';
    const due = this.#openOf(queue).first(limit, isDue);
    const allowed = rateLimit ? this.limits.take(`queue:${queue}`, rateLimit, due.length).granted : due.length;
    return due.slice(0, allowed).map((task) => this.#lend(task, leaseMs));
  }

  async settle(ended: readonly (readonly [MemoryClaim, TaskOutcome])[]): Promise<number> {
    const held = ended.filter(([claim]) => this.#heldBy(claim) !== undefined);
    for (const [claim, outcome] of held) this.#settle(claim, outcome);
    return ended.length - held.length;
  }

  async extend(claims: readonly MemoryClaim[], leaseMs: number): Promise<KeptTasks<MemoryClaim>> {
    for (const claim of claims) {
      const task = this.#heldBy(claim);
      if (task) task.lockedUntil = this.#now + leaseMs;
    }
    return {
      lost: claims.filter((claim) => !this.#heldBy(claim)),
      cancelled: claims.filter((claim) => this.#heldBy(claim)?.isCancelled),
    };
  }

  async report(claim: MemoryClaim, progress: string): Promise<void> {
    const task = this.#heldBy(claim);
    if (task) task.progress = progress;
  }

  find(id: string): TaskRecord | undefined {
    const task = this.#tasks.get(id);
    return task && recordOf(task, this.#now);
  }

  cancel(id: string): boolean {
    const task = this.#tasks.get(id);
    if (!task || task.ended) return false;
    task.isCancelled = true;
    if (statusOf(task, this.#now) !== 'running') this.#end(task, 'cancelled');
    return true;
  }

  counts(queue: string): QueueCounts {
    const counts = { waiting: 0, scheduled: 0, running: 0, failed: 0 };
    for (const task of this.#tasks.values()) {
      const status = statusOf(task, this.#now);
      if (task.queue === queue && status !== 'succeeded' && status !== 'cancelled') counts[status] += 1;
    }
    return counts;
  }

  failed(queue: string): readonly TaskRecord[] {
    return [...this.#tasks.values()]
      .filter((task) => task.queue === queue && task.ended === 'failed')
      .toReversed()
      .map((task) => recordOf(task, this.#now))
      .toSorted((one, other) => Number(other.endedAt) - Number(one.endedAt));
  }

  revive(queue: string, ids?: readonly string[]): number {
    const revived = [...this.#tasks.values()].filter(
      (task) => task.queue === queue && task.ended === 'failed' && (ids?.includes(task.id) ?? true),
    );
    for (const task of revived) {
      Object.assign(task, { ended: undefined, endedAt: undefined, attempts: 0, failures: 0, error: undefined });
      task.isCancelled = false;
      task.availableAt = this.#now;
      this.#begin(task);
    }
    this.onEnqueued(0);
    return revived.length;
  }

  /** What is enqueued with a success: what the run asks for, and what its group comes to. */
  following({ id, headers: { group } }: MemoryClaim, { result, next = [] }: Succeeded): readonly NewTask[] {
    if (this.#tasks.get(id)?.isCancelled) return [];
    const callback = group && this.groups.end(group, result, this.#now);
    return callback ? [...next, callback] : next;
  }

  /** Forgets tasks that ended before an instant. */
  purge(before: (status: TaskStatus) => number): void {
    for (const [id, { ended, endedAt }] of this.#tasks) {
      if (ended && Number(endedAt) <= before(ended)) this.#tasks.delete(id);
    }
  }

  #settle(claim: MemoryClaim, outcome: TaskOutcome): void {
    const task = this.#heldBy(claim) as MemoryTask;
    task.lease = undefined;
    task.lockedUntil = 0;
    switch (outcome.kind) {
      case 'succeeded':
        task.result = outcome.result;
        task.error = undefined;
        this.#end(task, task.isCancelled ? 'cancelled' : 'succeeded');
        this.enqueue(this.following(claim, outcome));
        return;
      case 'again':
        task.error = outcome.error;
        task.availableAt = this.#now + outcome.delayMs;
        if (outcome.countsAsAttempt) task.failures += 1;
        else task.attempts -= 1;
        return;
      case 'released':
        task.attempts -= 1;
        task.availableAt = this.#now + outcome.delayMs;
        return;
      case 'failed':
        task.error = outcome.error;
        this.#end(task, 'failed');
        return;
      case 'cancelled':
        this.#end(task, 'cancelled');
    }
  }

  #lend(task: MemoryTask, leaseMs: number): MemoryClaim {
    const lease = randomUUID();
    task.lease = lease;
    task.attempts += 1;
    task.lockedUntil = this.#now + leaseMs;
    const { id, name, queue, args, headers, isCancelled, failures } = task;
    const crashes = task.attempts - 1 - failures;
    return { id, name, queue, args, headers, attempt: failures + 1, crashes, isCancelled, lease };
  }

  #heldBy({ id, lease }: MemoryClaim): MemoryTask | undefined {
    const task = this.#tasks.get(id);
    return task?.lease === lease ? task : undefined;
  }

  #holderOf(unique: string | undefined): MemoryTask | undefined {
    if (unique === undefined) return undefined;
    return this.#keys.get(unique);
  }

  #openOf(queue: string): ClaimOrder<MemoryTask> {
    let open = this.#open.get(queue);
    if (!open) this.#open.set(queue, (open = new ClaimOrder()));
    return open;
  }

  #begin(task: MemoryTask): void {
    this.#openOf(task.queue).add(task);
    if (task.unique !== undefined) this.#keys.set(task.unique, task);
  }

  get #now(): number {
    return this.clock.now().getTime();
  }

  #end(task: MemoryTask, status: NonNullable<MemoryTask['ended']>): void {
    task.ended = status;
    task.endedAt = this.clock.now();
    this.#openOf(task.queue).remove(task);
    if (task.unique !== undefined && this.#keys.get(task.unique) === task) this.#keys.delete(task.unique);
  }
}

function statusOf({ ended, lockedUntil, availableAt }: MemoryTask, now: number): TaskStatus {
  if (ended) return ended;
  if (lockedUntil > now) return 'running';
  return availableAt > now ? 'scheduled' : 'waiting';
}

function recordOf(task: MemoryTask, now: number): TaskRecord {
  const { id, name, queue, args, attempts, createdAt, endedAt, result, progress, error } = task;
  return {
    id,
    name,
    queue,
    args,
    attempts,
    createdAt,
    status: statusOf(task, now),
    ...(endedAt && { endedAt }),
    ...(result !== undefined && { result }),
    ...(progress !== undefined && { progress }),
    ...(error !== undefined && { error }),
  };
}
