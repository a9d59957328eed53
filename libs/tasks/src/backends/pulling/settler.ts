import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { TaskOutcome } from '../task-backend.js';
import type { ClaimedTask, TaskStore } from './task-store.js';

/** Milliseconds between two tries to tell outcomes to a store that does not answer. */
const RETRY_MS = 250;

interface SettlerOptions {
  /** Milliseconds for which it is tried; after that others have been given the tasks anyway. */
  readonly leaseMs: number;
  readonly onSettled: () => void;
  /** Called with how many of them were given to other workers before. */
  readonly onLost: (count: number) => void;
}

/** What became of a task, and until when it is tried to tell that. */
interface Ended<C> {
  readonly claim: C;
  readonly outcome: TaskOutcome;
  readonly end: number;
  failures: number;
}

/**
 * Tells a store what became of tasks: while it is told of some, others gather and are told together. What it does not take
 * though it answers is told by itself, so that the others do not wait for it.
 */
export class Settler<C extends ClaimedTask> {
  readonly #logger = new Logger('Tasks');
  #ended: Ended<C>[] = [];
  #size = 0;
  #flushing: Promise<void> | undefined;

  constructor(
    private readonly store: TaskStore<C>,
    private readonly options: SettlerOptions,
  ) {}

  /** How many outcomes the store has not confirmed. */
  get size(): number {
    return this.#size;
  }

  add(claim: C, outcome: TaskOutcome): void {
    this.#ended.push({ claim, outcome, end: performance.now() + this.options.leaseMs, failures: 0 });
    this.#size += 1;
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined));
  }

  /** Resolves once all has been told, or given up. */
  async idle(): Promise<void> {
    while (this.#flushing) await this.#flushing;
  }

  async #flush(): Promise<void> {
    // Tasks that end in the same turn are told of together.
    await new Promise(setImmediate);
    while (this.#ended.length > 0) {
      const batch = this.#ended;
      this.#ended = [];
      const left = await this.#settle(batch);
      this.#size -= batch.length - left.length;
      this.options.onSettled();
      if (left.length === 0) continue;
      await pause(RETRY_MS);
      this.#ended.unshift(...left);
    }
  }

  /** Answers those that are to be told again. */
  async #settle(batch: readonly Ended<C>[]): Promise<readonly Ended<C>[]> {
    const fresh = batch.filter(({ failures }) => failures < 2);
    const alone = batch.filter(({ failures }) => failures >= 2);
    const groups = [...(fresh.length > 0 ? [fresh] : []), ...alone.map((one) => [one])];
    const left = await Promise.all(groups.map((group) => this.#tell(group)));
    return left.flat();
  }

  async #tell(group: readonly Ended<C>[]): Promise<readonly Ended<C>[]> {
    try {
      const lost = await this.store.settle(group.map(({ claim, outcome }) => [claim, outcome]));
      if (lost > 0) this.options.onLost(lost);
      return [];
    } catch (error) {
      const now = performance.now();
      const [late, left] = [group.filter(({ end }) => now > end), group.filter(({ end }) => now <= end)];
      if (late.length > 0) {
        this.#logger.error(`What became of ${late.length} tasks could not be told; they will be run again.`, error);
      }
      for (const one of left) one.failures += 1;
      return left;
    }
  }
}
