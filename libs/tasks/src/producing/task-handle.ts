import { setTimeout as pause } from 'node:timers/promises';
import type { TaskBackend, TaskRecord, TaskStatus } from '../backends/task-backend.js';
import { TaskFailedError, TaskResultTimeoutError } from '../errors/tasks.errors.js';
import { type Duration, millisecondsOf } from '../timing/duration.js';

const SHORTEST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 250;

/** Options of {@link TaskHandle.result}. */
export interface ResultOptions {
  /** How long is waited. @defaultValue 30 seconds */
  readonly timeout?: Duration;
}

/** A task that was enqueued. */
export class TaskHandle<R = unknown> {
  constructor(
    private readonly backend: TaskBackend,
    readonly id: string,
    /** `false` when a task with the same unique key was there, which this is then. */
    readonly isNew = true,
  ) {}

  /** All that is known of it; `undefined` when it is not kept any more, or not yet committed. */
  record(): Promise<TaskRecord | undefined> {
    return this.backend.find(this.id);
  }

  async status(): Promise<TaskStatus | 'unknown'> {
    return (await this.record())?.status ?? 'unknown';
  }

  /** What it last reported of its progress. */
  async progress(): Promise<unknown> {
    const progress = (await this.record())?.progress;
    return progress === undefined ? undefined : (JSON.parse(progress) as unknown);
  }

  /** Cancels it: one that waits never runs, the `signal` of one that runs is aborted. `false` when it has ended. */
  cancel(): Promise<boolean> {
    return this.backend.cancel(this.id);
  }

  /**
   * Waits for it to end, and answers what it answered. Not for use in a transaction in which it was enqueued: before the
   * commit it does not run.
   *
   * @throws TaskFailedError when it failed for good or was cancelled
   * @throws TaskResultTimeoutError when it has not ended in time
   */
  async result({ timeout = 30 }: ResultOptions = {}): Promise<R> {
    const waitMs = millisecondsOf(timeout, 'timeout');
    const end = performance.now() + waitMs;
    for (let look = SHORTEST_LOOK_MS; ; look = Math.min(look * 1.5, LONGEST_LOOK_MS)) {
      const { status, result, error } = (await this.record()) ?? {};
      if (status === 'succeeded') return (result === undefined ? undefined : JSON.parse(result)) as R;
      if (status === 'failed') throw new TaskFailedError(this.id, error ?? 'it failed.');
      if (status === 'cancelled') throw new TaskFailedError(this.id, 'it was cancelled.');
      const left = end - performance.now();
      if (left <= 0) throw new TaskResultTimeoutError(this.id, waitMs);
      await pause(Math.min(look, left));
    }
  }
}
