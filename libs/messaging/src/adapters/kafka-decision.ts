import { setTimeout as pause } from 'node:timers/promises';

/** What a decision ends. */
export interface Decided {
  /** The record is dealt with, or, when the subscription ended before, is not and comes again. */
  end(isDone: boolean): void;
  /** Whether the subscription is there. */
  isOpen(): boolean;
  /** Milliseconds between two attempts. */
  readonly pauseMs: number;
}

/**
 * What becomes of a record. A record that nobody decides on keeps all behind it from being committed, and is given to nobody
 * else as long as this process lives: a consequence that fails is tried until it came about.
 */
export class KafkaDecision {
  #decided = false;

  constructor(private readonly record: Decided) {}

  /** Counts once. Rejects when the consequence fails the first time; it is tried on. */
  async be(consequence: () => Promise<void> = async () => undefined): Promise<void> {
    if (this.#decided) return;
    this.#decided = true;
    try {
      await consequence();
    } catch (error) {
      void this.#insist(consequence);
      throw error;
    }
    this.record.end(true);
  }

  async #insist(consequence: () => Promise<void>): Promise<void> {
    const { isOpen, pauseMs } = this.record;
    while (isOpen()) {
      await pause(pauseMs, undefined, { ref: false });
      if (!isOpen()) break;
      try {
        await consequence();
        return this.record.end(true);
      } catch {
        // Told the first time.
      }
    }
    this.record.end(false);
  }
}
