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

/** Tells a store what became of tasks: while it is told of some, others gather and are told together. */
export class Settler<C extends ClaimedTask> {
  readonly #logger = new Logger('Tasks');
  #ended: (readonly [C, TaskOutcome])[] = [];
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
    this.#ended.push([claim, outcome]);
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
      await this.#settle(batch);
      this.#size -= batch.length;
      this.options.onSettled();
    }
  }

  async #settle(batch: readonly (readonly [C, TaskOutcome])[]): Promise<void> {
    const end = performance.now() + this.options.leaseMs;
    for (;;) {
      try {
        const lost = await this.store.settle(batch);
        if (lost > 0) this.options.onLost(lost);
        return;
      } catch (error) {
        if (performance.now() > end) {
          this.#logger.error(`What became of ${batch.length} tasks could not be told; they will be run again.`, error);
          return;
        }
        await pause(RETRY_MS);
      }
    }
  }
}
