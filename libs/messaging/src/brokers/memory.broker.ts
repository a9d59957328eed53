import type { EventMessage } from '../envelope/event-message.js';
import { InHand } from './in-hand.js';
import type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  MessageBroker,
  SubscribeRequest,
  Subscription,
} from './message-broker.js';

interface Waiting {
  readonly message: EventMessage;
  readonly attempt: number;
}

/** Messages of one topic that a group has not dealt with. */
class MemoryQueue {
  readonly waiting: Waiting[] = [];
  readonly dead: DeadLetter[] = [];
  readonly timers = new Set<NodeJS.Timeout>();
  takers = new Set<MemorySubscription>();

  push(...items: readonly Waiting[]): void {
    this.waiting.push(...items);
    for (const taker of this.takers) taker.take();
  }

  later(item: Waiting, delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.push(item);
    }, delayMs);
    this.timers.add(timer);
  }
}

/**
 * Carries messages within the process: for development, tests and applications of one process. What it holds is gone when
 * the process ends; a group gets what is published from its first subscription on.
 */
export class MemoryBroker implements MessageBroker {
  readonly name = 'memory';
  readonly #topics = new Map<string, Map<string, MemoryQueue>>();
  #letters = 0;

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {
    for (const groups of this.#topics.values()) {
      for (const { takers, timers } of groups.values()) {
        takers.clear();
        for (const timer of timers) clearTimeout(timer);
      }
    }
    this.#topics.clear();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    return { topics: this.#topics.size };
  }

  async publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    const items = messages.map((message) => ({ message, attempt: 1 }));
    for (const queue of this.#groupsOf(topic).values()) queue.push(...items);
    return new Map();
  }

  async subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription> {
    const queues = new Map(
      request.topics.map((topic) => [topic, this.#queueOf({ topic, group: request.group })] as const),
    );
    const subscription = new MemorySubscription(queues, request.prefetch, handle, () => String(++this.#letters));
    for (const queue of queues.values()) queue.takers.add(subscription);
    subscription.take();
    return subscription;
  }

  async createTopic(topic: string): Promise<void> {
    this.#groupsOf(topic);
  }

  async deleteTopic(topic: string): Promise<void> {
    for (const { waiting } of this.#topics.get(topic)?.values() ?? []) waiting.length = 0;
    this.#topics.delete(topic);
  }

  async listTopics(): Promise<readonly string[]> {
    return [...this.#topics.keys()].toSorted((one, other) => (one < other ? -1 : 1));
  }

  async deadLetters(place: DeadLetterPlace, limit: number): Promise<readonly DeadLetter[]> {
    return this.#queueOf(place).dead.slice(0, limit);
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const letters = this.#takeOut(place, ids);
    this.#queueOf(place).push(...letters.map(({ message }) => ({ message, attempt: 1 })));
    return letters.length;
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#takeOut(place, ids).length;
  }

  #takeOut(place: DeadLetterPlace, ids?: readonly string[]): readonly DeadLetter[] {
    const { dead } = this.#queueOf(place);
    const taken = dead.filter(({ id }) => ids?.includes(id) ?? true);
    const left = dead.filter((letter) => !taken.includes(letter));
    dead.splice(0, dead.length, ...left);
    return taken;
  }

  #groupsOf(topic: string): Map<string, MemoryQueue> {
    let groups = this.#topics.get(topic);
    if (!groups) this.#topics.set(topic, (groups = new Map()));
    return groups;
  }

  #queueOf({ topic, group }: DeadLetterPlace): MemoryQueue {
    const groups = this.#groupsOf(topic);
    let queue = groups.get(group);
    if (!queue) groups.set(group, (queue = new MemoryQueue()));
    return queue;
  }
}

class MemorySubscription implements Subscription {
  readonly #inHand = new InHand();
  #open = true;
  #paused = false;

  constructor(
    private readonly queues: ReadonlyMap<string, MemoryQueue>,
    private readonly prefetch: number,
    private readonly handle: (delivery: Delivery) => Promise<void>,
    private readonly nextLetter: () => string,
  ) {}

  /** Takes what waits, as far as the prefetch allows. */
  take(): void {
    for (const [topic, queue] of this.queues) {
      while (this.#open && !this.#paused && this.#inHand.count < this.prefetch) {
        const item = queue.waiting.shift();
        if (!item) break;
        this.#inHand.add();
        // Whoever publishes must not run in the call stack of who consumes, nor the other way round.
        setImmediate(() => void this.handle(this.#delivery(topic, queue, item)).catch(() => undefined));
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
  }

  async lag(): Promise<number> {
    const waiting = [...this.queues.values()].reduce((sum, queue) => sum + queue.waiting.length + queue.timers.size, 0);
    return waiting + this.#inHand.count;
  }

  #delivery(topic: string, queue: MemoryQueue, { message, attempt }: Waiting): Delivery {
    let decided = false;
    const decide = async (consequence?: () => void) => {
      if (decided) return;
      decided = true;
      consequence?.();
      this.#inHand.remove();
      this.take();
    };
    return {
      message,
      topic,
      attempt,
      ack: () => decide(),
      retry: (delayMs) => decide(() => queue.later({ message, attempt: attempt + 1 }, delayMs)),
      deadLetter: (reason) =>
        decide(() => {
          queue.dead.push({ id: this.nextLetter(), topic, message, reason, attempt, failedAt: new Date() });
        }),
      extend: async () => undefined,
    };
  }
}
