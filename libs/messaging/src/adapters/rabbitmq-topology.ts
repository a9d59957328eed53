import type { Channel } from 'amqplib';
import type { DeadLetterPlace, TopicDescription } from '../brokers/message-broker.js';
import type { RabbitMQConnection } from './rabbitmq-connection.js';
import {
  DELAY_QUEUE_DECLARED_EVERY_MS,
  deadQueueOf,
  delayQueue,
  delayQueueOf,
  delayStep,
  HAS_KEY,
  KEPT_QUEUE,
  KEYED_QUEUE,
  keyedQueueOf,
  partingExchangeOf,
  plainExchangeOf,
  queueOf,
} from './rabbitmq-names.js';
import { RabbitMQRegistry } from './rabbitmq-registry.js';

/** Exchanges of topics and queues of groups. */
export class RabbitMQTopology {
  readonly #registry: RabbitMQRegistry;
  readonly #topics = new Set<string>();
  readonly #delayQueues = new Map<string, number>();

  constructor(private readonly connection: RabbitMQConnection) {
    this.#registry = new RabbitMQRegistry(connection);
  }

  /** Makes the exchanges of a topic, unless that was done from here before. */
  async ensureTopic(topic: string): Promise<void> {
    if (this.#topics.has(topic)) return;
    const [parting, plain] = [partingExchangeOf(topic), plainExchangeOf(topic)];
    await this.connection.withChannel(async (channel) => {
      await channel.assertExchange(topic, 'topic', { durable: true });
      await channel.assertExchange(plain, 'fanout', { durable: true });
      await channel.assertExchange(parting, 'headers', { durable: true, alternateExchange: plain });
      await channel.bindExchange(parting, topic, '#');
    });
    await this.#registry.add(topic);
    this.#topics.add(topic);
  }

  /** Has everything looked at again: something that was there is gone. */
  forget(): void {
    this.#registry.forget();
    this.#topics.clear();
    this.#delayQueues.clear();
  }

  async ensureGroup(place: DeadLetterPlace): Promise<void> {
    await this.ensureTopic(place.topic);
    await this.#registry.add(place.topic, place.group);
    await this.connection.withChannel(async (channel) => {
      await channel.assertQueue(deadQueueOf(place), KEPT_QUEUE);
      await channel.assertQueue(queueOf(place), KEPT_QUEUE);
      await channel.assertQueue(keyedQueueOf(place), KEYED_QUEUE);
      await channel.bindQueue(queueOf(place), plainExchangeOf(place.topic), '');
      await channel.bindQueue(keyedQueueOf(place), partingExchangeOf(place.topic), '', HAS_KEY);
    });
  }

  /** Makes a queue where events wait about so long, and answers its name. */
  async ensureDelay(place: DeadLetterPlace, delayMs: number): Promise<string> {
    const step = delayStep(delayMs);
    const name = delayQueueOf(place, step);
    if (Date.now() - (this.#delayQueues.get(name) ?? 0) < DELAY_QUEUE_DECLARED_EVERY_MS) return name;
    await this.connection.withChannel((channel) => channel.assertQueue(name, delayQueue(place, step)));
    await this.#registry.add(place.topic, place.group, step);
    this.#delayQueues.set(name, Date.now());
    return name;
  }

  async list(): Promise<readonly string[]> {
    return Object.keys(await this.#registry.read()).toSorted();
  }

  /** Without what consumers have in hand, of which a server says nothing. */
  async describe(topic: string): Promise<TopicDescription | undefined> {
    const { [topic]: groups } = await this.#registry.read();
    if (!groups) return undefined;
    const described = Object.keys(groups)
      .toSorted()
      .map(async (group) => {
        const [lag, deadLetters] = await Promise.all([
          this.lag({ topic, group }, groups[group]),
          this.#count(deadQueueOf({ topic, group })),
        ]);
        return { group, lag, deadLetters };
      });
    return { topic, partitions: 1, groups: await Promise.all(described) };
  }

  /** Without what consumers have in hand. */
  async lag(place: DeadLetterPlace, delays?: readonly number[]): Promise<number> {
    const waiting = delays ?? (await this.#registry.read())[place.topic]?.[place.group] ?? [];
    const queues = [queueOf(place), keyedQueueOf(place), ...waiting.map((delay) => delayQueueOf(place, delay))];
    const counts = await Promise.all(queues.map((queue) => this.#count(queue)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async delete(topic: string): Promise<void> {
    const { [topic]: groups = {} } = await this.#registry.read();
    for (const [group, delays] of Object.entries(groups)) await this.#deleteQueues({ topic, group }, delays);
    for (const exchange of [topic, partingExchangeOf(topic), plainExchangeOf(topic)]) {
      await this.connection.withChannel((channel) => channel.deleteExchange(exchange));
    }
    await this.#registry.remove(topic);
    this.forget();
  }

  async deleteGroup(place: DeadLetterPlace): Promise<void> {
    const { [place.topic]: groups } = await this.#registry.read();
    await this.#deleteQueues(place, groups?.[place.group] ?? []);
    await this.#registry.remove(place.topic, place.group);
    this.forget();
  }

  async #deleteQueues(place: DeadLetterPlace, delays: readonly number[]): Promise<void> {
    await this.connection.withChannel(async (channel) => {
      const names = [queueOf(place), keyedQueueOf(place), deadQueueOf(place)];
      for (const name of [...delays.map((delay) => delayQueueOf(place, delay)), ...names])
        await channel.deleteQueue(name);
    });
  }

  async #count(queue: string): Promise<number> {
    return this.connection.withChannel(async (channel) => {
      return (await isThere(channel, queue)) ? (await channel.checkQueue(queue)).messageCount : 0;
    });
  }
}

/** Asks for a queue. When there is none, that ends the channel. */
export async function isThere(channel: Channel, queue: string): Promise<boolean> {
  try {
    await channel.checkQueue(queue);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return false;
    throw error;
  }
}
