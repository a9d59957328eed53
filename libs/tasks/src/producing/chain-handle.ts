import type { TaskStatus } from '../backends/task-backend.js';
import type { TaskHandle } from './task-handle.js';
import { type ResultOptions, waitFor } from './wait-for.js';

/** Tasks of which each is enqueued when the one before it has succeeded. */
export class ChainHandle<R = unknown> {
  /** Id of its last task. */
  readonly id: string;

  constructor(
    /** Its tasks in order; those whose turn has not come are not known to the backend yet. */
    readonly steps: readonly TaskHandle[],
  ) {
    this.id = steps.at(-1)?.id ?? '';
  }

  /** Where it stands: `failed` or `cancelled` as soon as one of its tasks is, `succeeded` when all have. */
  async status(): Promise<TaskStatus | 'unknown'> {
    const statuses = await Promise.all(this.steps.map((step) => step.status()));
    const last = statuses.at(-1);
    if (last === 'succeeded') return last;
    const ended = statuses.find((status) => status === 'failed' || status === 'cancelled');
    const reached = statuses.findLast((status) => status !== 'unknown') ?? 'unknown';
    // Between two tasks it waits for the next one.
    return ended ?? (reached === 'succeeded' ? 'waiting' : reached);
  }

  /** Cancels whatever of it has not ended; `false` when all has. */
  async cancel(): Promise<boolean> {
    // In order: what a task that could not be stopped has enqueued is met by the next look.
    let isCancelled = false;
    for (const step of this.steps) isCancelled = (await step.cancel()) || isCancelled;
    return isCancelled;
  }

  /**
   * What its last task answered, `undefined` while that has not ended.
   *
   * @throws TaskFailedError when one of its tasks failed for good or was cancelled
   */
  async outcome(): Promise<{ readonly answer: R } | undefined> {
    const last = await this.steps.at(-1)?.outcome();
    if (last) return last as { readonly answer: R };
    await Promise.all(this.steps.map((step) => step.outcome()));
    return undefined;
  }

  /**
   * Waits for its last task to end, and answers what that answered.
   *
   * @throws TaskFailedError when one of its tasks failed for good or was cancelled
   * @throws TaskResultTimeoutError when it has not ended in time
   */
  result(options: ResultOptions = {}): Promise<R> {
    return waitFor(this.id, () => this.outcome(), options);
  }
}
