import { MemoryTaskBackend } from '../memory/memory.backend.js';
import type { EnqueuedTask, NewTask, RunTask } from '../task-backend.js';

/** A lease that is never in question: nobody else takes tasks. */
const FOREVER_MS = 86_400_000;

/**
 * Runs a task where it is enqueued, before that resolves, or right after the commit of the transaction in which it is: for
 * tests and for scripts. Delays, rate limits and the waits between attempts are left out.
 */
export class SyncTaskBackend extends MemoryTaskBackend {
  override readonly name = 'sync';
  #run: RunTask | undefined;

  /** Who runs the tasks; without it they wait. */
  runWith(run: RunTask): void {
    this.#run = run;
  }

  override async enqueue(tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]> {
    const enqueued = await super.enqueue(tasks.map((task) => ({ ...task, delayMs: 0 })));
    for (const [index, { isNew }] of enqueued.entries()) {
      const task = tasks[index];
      if (isNew && task) await this.#runToEnd(task);
    }
    return enqueued;
  }

  override async revive(queue: string, ids?: readonly string[]): Promise<number> {
    const given = (await this.failed(queue, Number.POSITIVE_INFINITY)).filter(({ id }) => ids?.includes(id) ?? true);
    const revived = await super.revive(queue, ids);
    for (const task of given) await this.#runToEnd(task);
    return revived;
  }

  async #runToEnd({ name, queue }: Pick<NewTask, 'name' | 'queue'>): Promise<void> {
    const run = this.#run;
    if (!run) return;
    for (;;) {
      const [claim] = await this.store.claim({ queue, names: [name], limit: 1, leaseMs: FOREVER_MS });
      if (!claim) return;
      const { id, args, headers, attempt, crashes } = claim;
      const report = (progress: string) => this.store.report(claim, progress);
      const { signal } = new AbortController();
      const outcome = await run({ id, name, queue, args, headers, attempt, crashes, signal, report });
      // A task that nobody here knows stays.
      if (outcome.kind === 'released') return;
      const next = outcome.kind === 'succeeded' ? this.store.following(claim, outcome) : [];
      const now = outcome.kind === 'again' ? { ...outcome, delayMs: 0 } : outcome;
      // What follows is run here, so the store is not to take it.
      const alone = { ...claim, headers: {} };
      await this.store.settle([[alone, now.kind === 'succeeded' ? { ...now, next: [] } : now]]);
      await this.enqueue(next);
    }
  }
}
