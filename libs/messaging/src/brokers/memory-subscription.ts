import type { EventMessage } from '../envelope/event-message.js';
import { Fifo } from './fifo.js';
import { InHand } from './in-hand.js';
import type { DeadLetter, Delivery, Subscription } from './message-broker.js';

interface Waiting {
  readonly message: EventMessage;
  readonly attempt: number;
}

/** Messages of one topic that a group has not dealt with. */
export class MemoryQueue {
  readonly waiting = new Fifo<Waiting>();
  readonly dead: DeadLetter[] = [];
  readonly takers = new Set<MemorySubscription>();
  /** Given to a subscription, which has not decided yet. */
  readonly inHand = new Set<Waiting>();
  readonly #timers = new Set<NodeJS.Timeout>();

  get lag(): number {
    return this.waiting.length + this.inHand.size + this.#timers.size;
  }

  push(items: readonly Waiting[]): void {
    for (const item of items) this.waiting.push(item);
    for (const taker of this.takers) taker.take();
  }

  later(item: Waiting, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.push([item]);
    }, delayMs);
    this.#timers.add(timer);
  }

  clear(): void {
    this.waiting.clear();
    this.dead.length = 0;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** A consumer of a group within the process. */
export class MemorySubscription implements Subscription {
  readonly #inHand = new InHand();
  /** What is in hand, and how to give it back. */
  readonly #undecided = new Map<Waiting, () => void>();
  #open = true;
  #paused = false;

  constructor(
    private readonly queues: ReadonlyMap<string, MemoryQueue>,
    private readonly prefetch: number,
    private readonly handle: (delivery: Delivery) => Promise<void>,
    private readonly nextLetter: () => string,
    private readonly ended: () => void,
  ) {}

  /** Takes what waits, as far as the prefetch allows. */
  take(): void {
    for (const [topic, queue] of this.queues) {
      while (this.#open && !this.#paused && this.#inHand.count < this.prefetch) {
        const item = queue.waiting.shift();
        if (!item) break;
        this.#inHand.add();
        queue.inHand.add(item);
        const delivery = this.#delivery(topic, queue, item);
        // Whoever publishes must not run in the call stack of who consumes, nor the other way round.
        setImmediate(() => void this.handle(delivery).catch(() => undefined));
      }
    }
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.take();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#open = false;
    for (const { takers } of this.queues.values()) takers.delete(this);
    await this.#inHand.emptied(timeoutMs);
    for (const giveBack of this.#undecided.values()) giveBack();
    this.ended();
  }

  async lag(): Promise<number> {
    return [...this.queues.values()].reduce((sum, queue) => sum + queue.lag, 0);
  }

  #delivery(topic: string, queue: MemoryQueue, item: Waiting): Delivery {
    const { message, attempt } = item;
    const decide = async (consequence?: () => void) => {
      if (!this.#undecided.delete(item)) return;
      queue.inHand.delete(item);
      consequence?.();
      this.#inHand.remove();
      this.take();
    };
    this.#undecided.set(item, () => void decide(() => queue.push([{ message, attempt: attempt + 1 }])));
    return {
      message,
      topic,
      attempt,
      ack: () => decide(),
      retry: (delayMs) => decide(() => queue.later({ message, attempt: attempt + 1 }, delayMs)),
      deadLetter: (reason, attempts = attempt) =>
        decide(() => {
          queue.dead.push({ id: this.nextLetter(), topic, message, reason, attempt: attempts, failedAt: new Date() });
        }),
      extend: async () => undefined,
    };
  }
}
