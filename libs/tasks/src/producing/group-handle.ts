import type { TaskStatus } from '../backends/task-backend.js';
import type { ChainHandle } from './chain-handle.js';
import { type ResultOptions, waitFor } from './wait-for.js';

/** Tasks that run beside each other, and what is enqueued once all of them have succeeded. */
export class GroupHandle<R = unknown> {
  constructor(
    readonly id: string,
    /** In the order in which they were given. */
    readonly members: readonly ChainHandle[],
    readonly callback?: ChainHandle,
  ) {}

  /** Where it stands: `failed` or `cancelled` as soon as one of its tasks is, `succeeded` when all have. */
  async status(): Promise<TaskStatus | 'unknown'> {
    const last = await this.callback?.status();
    if (last !== undefined && last !== 'unknown') return last;
    const statuses = await Promise.all(this.members.map((member) => member.status()));
    const ended = statuses.find((status) => status === 'failed' || status === 'cancelled');
    if (ended) return ended;
    if (statuses.every((status) => status === 'succeeded')) return this.callback ? 'waiting' : 'succeeded';
    if (statuses.includes('unknown')) return 'unknown';
    return statuses.some((status) => status === 'running' || status === 'succeeded') ? 'running' : 'waiting';
  }

  /** Cancels whatever of it has not ended; `false` when all has. */
  async cancel(): Promise<boolean> {
    let isCancelled = false;
    for (const part of [...this.members, ...(this.callback ? [this.callback] : [])]) {
      isCancelled = (await part.cancel()) || isCancelled;
    }
    return isCancelled;
  }

  /**
   * Waits for all of it to end, and answers what its callback answered; without one a list of what its members did.
   *
   * @throws TaskFailedError when one of its tasks failed for good or was cancelled; the others run on
   * @throws TaskResultTimeoutError when it has not ended in time
   */
  result(options: ResultOptions = {}): Promise<R> {
    return waitFor(this.id, () => this.#outcome(), options);
  }

  async #outcome(): Promise<{ readonly answer: R } | undefined> {
    const last = await this.callback?.outcome();
    if (last) return last as { readonly answer: R };
    const members = await Promise.all(this.members.map((member) => member.outcome()));
    if (this.callback || members.some((member) => !member)) return undefined;
    return { answer: members.map((member) => member?.answer) as R };
  }
}
