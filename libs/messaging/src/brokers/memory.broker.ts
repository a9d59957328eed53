import type { EventMessage } from '../envelope/event-message.js';
import { MemoryQueue, MemorySubscription } from './memory-subscription.js';
import type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  MessageBroker,
  SubscribeRequest,
  Subscription,
  TopicDescription,
} from './message-broker.js';

/**
 * Carries messages within the process: for development, tests and applications of one process. What it holds is gone when
 * the process ends; a group gets what is published from its first subscription on.
 */
export class MemoryBroker implements MessageBroker {
  readonly name = 'memory';
  readonly #topics = new Map<string, Map<string, MemoryQueue>>();
  /** Queues of deleted topics that somebody listens to, should the topic come back. */
  readonly #orphans = new Map<string, Map<string, MemoryQueue>>();
  readonly #ephemeral = new Map<string, Set<MemoryQueue>>();
  #letters = 0;

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {
    for (const topic of this.#topics.keys()) await this.deleteTopic(topic);
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    return { topics: this.#topics.size };
  }

  async publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    const items = messages.map((message) => ({ message, attempt: 1 }));
    const queues = [...this.#groupsOf(topic).values(), ...(this.#ephemeral.get(topic) ?? [])];
    for (const queue of queues) queue.push(items);
    return new Map();
  }

  async subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription> {
    const { topics, group, prefetch, ephemeral } = request;
    const queues = new Map(
      topics.map((topic) => [topic, ephemeral ? this.#ephemeralOf(topic) : this.#queueOf({ topic, group })] as const),
    );
    const nextLetter = () => String(++this.#letters);
    const subscription = new MemorySubscription(queues, prefetch, handle, nextLetter, () => {
      for (const [topic, queue] of queues) this.#ephemeral.get(topic)?.delete(queue);
    });
    for (const queue of queues.values()) queue.takers.add(subscription);
    subscription.take();
    return subscription;
  }

  async createTopic(topic: string): Promise<void> {
    this.#groupsOf(topic);
  }

  async deleteTopic(topic: string): Promise<void> {
    const groups = this.#topics.get(topic);
    if (!groups) return;
    for (const queue of groups.values()) queue.clear();
    this.#orphans.set(topic, new Map([...groups].filter(([, { takers }]) => takers.size > 0)));
    this.#topics.delete(topic);
  }

  async listTopics(): Promise<readonly string[]> {
    return [...this.#topics.keys()].toSorted();
  }

  async describeTopic(topic: string): Promise<TopicDescription | undefined> {
    const groups = this.#topics.get(topic);
    if (!groups) return undefined;
    const described = [...groups].map(([group, { lag, dead }]) => ({ group, lag, deadLetters: dead.length }));
    return { topic, partitions: 1, groups: described.toSorted((one, other) => (one.group < other.group ? -1 : 1)) };
  }

  async deleteGroup({ topic, group }: DeadLetterPlace): Promise<void> {
    this.#topics.get(topic)?.get(group)?.clear();
    this.#topics.get(topic)?.delete(group);
  }

  async deadLetters(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const start = after === undefined ? 0 : Number(after);
    return this.#lettersOf(place)
      .filter(({ id }) => Number(id) > start)
      .slice(0, limit);
  }

  async deadLetter(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined> {
    return this.#lettersOf(place).find((letter) => letter.id === id);
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const letters = this.#takeOut(place, ids);
    if (letters.length > 0) this.#queueOf(place).push(letters.map(({ message }) => ({ message, attempt: 1 })));
    return letters.length;
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#takeOut(place, ids).length;
  }

  #takeOut(place: DeadLetterPlace, ids?: readonly string[]): readonly DeadLetter[] {
    const letters = this.#lettersOf(place);
    const wanted = ids && new Set(ids);
    const { taken = [], left = [] } = Object.groupBy(letters, ({ id }) =>
      wanted?.has(id) === false ? 'left' : 'taken',
    );
    letters.splice(0, letters.length, ...left);
    return taken;
  }

  #lettersOf({ topic, group }: DeadLetterPlace): DeadLetter[] {
    return this.#topics.get(topic)?.get(group)?.dead ?? [];
  }

  #groupsOf(topic: string): Map<string, MemoryQueue> {
    let groups = this.#topics.get(topic);
    if (!groups) {
      this.#topics.set(topic, (groups = this.#orphans.get(topic) ?? new Map()));
      this.#orphans.delete(topic);
    }
    return groups;
  }

  #queueOf({ topic, group }: DeadLetterPlace): MemoryQueue {
    const groups = this.#groupsOf(topic);
    let queue = groups.get(group);
    if (!queue) groups.set(group, (queue = new MemoryQueue()));
    return queue;
  }

  #ephemeralOf(topic: string): MemoryQueue {
    this.#groupsOf(topic);
    const queue = new MemoryQueue();
    this.#ephemeral.set(topic, (this.#ephemeral.get(topic) ?? new Set()).add(queue));
    return queue;
  }
}
