/** What travels with a task beside its arguments. */
export interface TaskHeaders {
  /** How often it is tried again, where that differs from what its declaration says. */
  readonly retry?: number;
  /** Milliseconds after which it is stopped, where that differs from what its declaration says. */
  readonly timeoutMs?: number;
  /** The work in which it was enqueued, for logs. */
  readonly requestId?: string;
  /** Tasks that follow one after the other once this has succeeded. */
  readonly chain?: readonly ChainedTask[];
  /** What the task before it in a chain answered, or the tasks of a group. */
  readonly previous?: unknown;
  /** The group whose callback waits for this. */
  readonly group?: TaskGroupPlace;
  /** The periodic task that it is a run of, and which one, as ISO 8601. */
  readonly periodic?: { readonly name: string; readonly slot: string };
}

/** A task that waits for another: it is enqueued when that one has succeeded. */
export type ChainedTask = Omit<NewTask, 'id'>;

/** A task's place in a group that something comes of. */
export interface TaskGroupPlace {
  readonly id: string;
  readonly index: number;
  readonly size: number;
  /** What is enqueued, once, when all have succeeded. */
  readonly callback: ChainedTask;
  /** Milliseconds for which what its members answered is kept while others have not ended, from the last one on that did. */
  readonly keepMs: number;
}

/** A task on its way to a backend. */
export interface NewTask {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** The arguments, as a JSON list. */
  readonly args: string;
  /** Tasks of a higher one come first, those of equal ones in the order in which they were enqueued. */
  readonly priority: number;
  /** Milliseconds before which it is not run. */
  readonly delayMs: number;
  /** While a task with this key waits or runs no other with it is taken. */
  readonly unique?: string;
  readonly headers: TaskHeaders;
}

/** What became of a task that was to be enqueued. */
export interface EnqueuedTask {
  /** Its id, or that of the task with the same unique key. */
  readonly id: string;
  /** Whether it is a task of its own. */
  readonly isNew: boolean;
}

/** Where a task stands. */
export type TaskStatus = 'waiting' | 'scheduled' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** What a backend knows of a task. */
export interface TaskRecord {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** The arguments, as a JSON list. */
  readonly args: string;
  readonly status: TaskStatus;
  /** How often it has been started; a run that a worker gave back does not count. */
  readonly attempts: number;
  /** What it answered, as JSON. */
  readonly result?: string;
  /** What it reported of its progress, as JSON. */
  readonly progress?: string;
  /** What the last run failed with. */
  readonly error?: string;
  readonly createdAt: Date;
  /** When it ended for good. */
  readonly endedAt?: Date;
}

/** A task that a worker has been given. */
export interface TaskDelivery {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** The arguments, as a JSON list. */
  readonly args: string;
  readonly headers: TaskHeaders;
  /** Which attempt this is, from 1 on; runs over which a worker died do not count. */
  readonly attempt: number;
  /** Over how many runs of it a worker died. */
  readonly crashes: number;
  /** Aborted when the run is no longer wanted; the reason says why. */
  readonly signal: AbortSignal;
  /** Keeps how far the run is, as JSON. */
  report(progress: string): Promise<void>;
}

/** What became of a run. */
export type TaskOutcome =
  /**
   * It is done; `result` is JSON. Tasks of `next` are enqueued with that, and not without it; so is the callback of its
   * group, by whichever member is the last. Of a task that was cancelled meanwhile nothing follows.
   */
  | { readonly kind: 'succeeded'; readonly result?: string; readonly next?: readonly NewTask[] }
  /** It is run again after so many milliseconds. */
  | { readonly kind: 'again'; readonly delayMs: number; readonly error: string; readonly countsAsAttempt: boolean }
  /** It is given up. */
  | { readonly kind: 'failed'; readonly error: string }
  /** It goes back as if it had not been given out, not to be given out again for so many milliseconds. */
  | { readonly kind: 'released'; readonly delayMs: number }
  | { readonly kind: 'cancelled' };

/** Runs a task. Never rejects. */
export type RunTask = (delivery: TaskDelivery) => Promise<TaskOutcome>;

/** So many in so many milliseconds. */
export interface RateLimit {
  readonly max: number;
  readonly perMs: number;
}

/** What a worker takes. */
export interface WorkRequest {
  /** Served in turn. */
  readonly queues: readonly string[];
  /** Names of tasks that this process can run; others are left for other processes. */
  readonly names: () => readonly string[];
  /** Most tasks at the same time, in all queues together. */
  readonly concurrency: number;
  /** Starts per queue, of all workers together. */
  readonly rateLimit?: RateLimit;
  /** Milliseconds after which the tasks of a worker that died are given to another. */
  readonly leaseMs: number;
}

/** A worker's stream of tasks. */
export interface TaskWork {
  /** How many are being run. */
  readonly running: number;
  /** Takes no more tasks until {@link resume}. */
  pause(): void;
  resume(): void;
  /**
   * Takes no more tasks and waits for those that run. Those that still do after so many milliseconds are aborted and given
   * back, with all their attempts. Answers how many these were.
   */
  drain(timeoutMs: number): Promise<number>;
}

/** How many tasks of a queue are where. */
export interface QueueCounts {
  readonly waiting: number;
  readonly scheduled: number;
  readonly running: number;
  readonly failed: number;
}

/** What a periodic task has come to. */
export interface ScheduleState {
  /** Now, by the clock of the backend. */
  readonly now: Date;
  /** The slot that was claimed last. */
  readonly lastSlot?: Date;
  readonly isPaused: boolean;
  /** Id of the task of the slot that was claimed last. */
  readonly lastTask?: string;
}

/** A slot of a periodic task that a scheduler wants to be the one to emit. */
export interface SlotClaim {
  readonly name: string;
  /** What {@link ScheduleState.lastSlot} was. */
  readonly previous: Date | undefined;
  readonly slot: Date;
  /** What is enqueued along with it; nothing when the slot is passed over. */
  readonly tasks: readonly NewTask[];
}

/** Answers of {@link TaskBackend.takePermits}. */
export interface Permits {
  readonly granted: number;
  /** Milliseconds until there are more. */
  readonly waitMs: number;
}

/**
 * Keeps tasks until they are run, and what became of them. The framework decides that; a backend gives each task to one
 * worker at a time. `TASK_BACKEND_CASES` of `@core-framework/tasks/testing` is what every backend must do.
 */
export interface TaskBackend {
  readonly name: string;
  /**
   * How tasks belong to the transaction in which they are enqueued: written by it (`database`), handed over after its commit
   * (`after-commit`), or by the outbox, which does not lose them in between (`outbox`).
   */
  readonly transactions: 'database' | 'after-commit' | 'outbox';
  /** @throws TaskBackendUnreachableError */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Facts for operators; rejects when it does not work. */
  health(): Promise<Readonly<Record<string, unknown>>>;
  /** Takes tasks; a task whose id it has already taken is not taken again. */
  enqueue(tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]>;
  work(request: WorkRequest, run: RunTask): Promise<TaskWork>;
  /** `undefined` when it never had the task, or keeps it no longer. */
  find(id: string): Promise<TaskRecord | undefined>;
  /** Cancels a task that waits, at once, or one that runs, soon; `false` when it has ended. */
  cancel(id: string): Promise<boolean>;
  counts(queue: string): Promise<QueueCounts>;
  /** Tasks that were given up, the last ones first. */
  failed(queue: string, limit: number): Promise<readonly TaskRecord[]>;
  /** Has tasks that were given up run again, as new; those of the given ids, or all of the queue. Answers how many. */
  revive(queue: string, ids?: readonly string[]): Promise<number>;
  /** Takes up to `count` of what a limit allows now. */
  takePermits(key: string, limit: RateLimit, count: number): Promise<Permits>;
  schedule(name: string): Promise<ScheduleState>;
  /** Takes the slot and enqueues its tasks, both or neither; `false` when another scheduler was faster. */
  claimSlot(claim: SlotClaim): Promise<boolean>;
  pauseSchedule(name: string, paused: boolean): Promise<void>;
}
