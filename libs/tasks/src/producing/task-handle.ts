import type { TaskBackend, TaskRecord, TaskStatus } from '../backends/task-backend.js';
import { TaskFailedError } from '../errors/tasks.errors.js';
import { type ResultOptions, waitFor } from './wait-for.js';

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
   * What it answered, `undefined` while it has not ended.
   *
   * @throws TaskFailedError when it failed for good or was cancelled
   */
  async outcome(): Promise<{ readonly answer: R } | undefined> {
    const { status, result, error } = (await this.record()) ?? {};
    if (status === 'succeeded') return { answer: (result === undefined ? undefined : JSON.parse(result)) as R };
    if (status === 'failed') throw new TaskFailedError(this.id, error ?? 'it failed.');
    if (status === 'cancelled') throw new TaskFailedError(this.id, 'it was cancelled.');
    return undefined;
  }

  /**
   * Waits for it to end, and answers what it answered. Not for use in a transaction in which it was enqueued: before the
   * commit it does not run.
   *
   * @throws TaskFailedError when it failed for good or was cancelled
   * @throws TaskResultTimeoutError when it has not ended in time
   */
  result(options: ResultOptions = {}): Promise<R> {
    return waitFor(this.id, () => this.outcome(), options);
  }
}
