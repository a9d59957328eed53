import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from '@platformatic/kafka';
import type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  MessageBroker,
  SubscribeRequest,
  Subscription,
  TopicDescription,
  TopicOptions,
} from '../brokers/message-broker.js';
import { within } from '../brokers/within.js';
import type { EventMessage } from '../envelope/event-message.js';
import { KafkaClients, refusalOf } from './kafka-clients.js';
import { KafkaDeadLetters } from './kafka-dead-letters.js';
import { recordOf } from './kafka-messages.js';
import { publishInParts } from './kafka-publishing.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { KafkaTopics } from './kafka-topics.js';

/** Options of {@link KafkaBroker}. */
export interface KafkaBrokerOptions {
  /** Servers to start from: `['localhost:9092']`. */
  readonly servers: readonly string[];
  /** Milliseconds that an answer may take before the cluster counts as away. @defaultValue 5000 */
  readonly timeoutMs?: number;
  /** Encrypts, `{}` with the certificates that Node trusts. @defaultValue none: plain */
  readonly tls?: ConnectionOptions;
  /** Who this is. @defaultValue none */
  readonly sasl?: SASLOptions;
}

/** Joining a group takes longer than an answer: its other members are waited for. */
const JOIN_MS = 30_000;

/** Carries messages over Kafka, 3.5 or later: a topic is a topic, a group a consumer group, a key the key of the record. */
export class KafkaBroker implements MessageBroker {
  readonly name = 'kafka';
  readonly #clients: KafkaClients;
  readonly #letters: KafkaDeadLetters;
  readonly #topics: KafkaTopics;
  readonly #timeoutMs: number;
  readonly #subscriptions = new Set<KafkaSubscription>();

  constructor({ servers, timeoutMs = 5000, tls, sasl }: KafkaBrokerOptions) {
    this.#timeoutMs = timeoutMs;
    this.#clients = new KafkaClients({ servers, timeoutMs, tls, sasl });
    this.#letters = new KafkaDeadLetters(this.#clients);
    this.#topics = new KafkaTopics(this.#clients, this.#letters);
  }

  async connect(): Promise<void> {
    await this.health();
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.drain(0)));
    await this.#clients.close();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    const { id, brokers } = await this.#asked(() => this.#clients.admin.metadata({ topics: [], forceUpdate: true }));
    return { cluster: id, servers: brokers.size };
  }

  async publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    return publishInParts(messages, (part) =>
      this.#asked(() => this.#clients.send(part.map((message) => recordOf(topic, message)))),
    );
  }

  async subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription> {
    const subscription = new KafkaSubscription(this.#clients, this.#topics, request, handle, () => {
      this.#subscriptions.delete(subscription);
    });
    this.#subscriptions.add(subscription);
    await within(this.name, JOIN_MS, () => subscription.start(), refusalOf);
    return subscription;
  }

  async createTopic(topic: string, options?: TopicOptions): Promise<void> {
    await this.#asked(() => this.#topics.create(topic, options));
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#asked(() => this.#topics.delete(topic));
  }

  async listTopics(): Promise<readonly string[]> {
    return this.#asked(() => this.#topics.list());
  }

  async describeTopic(topic: string): Promise<TopicDescription | undefined> {
    return this.#asked(() => this.#topics.describe(topic));
  }

  async deleteGroup(place: DeadLetterPlace): Promise<void> {
    await this.#asked(() => this.#topics.deleteGroup(place));
  }

  async deadLetters(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    return this.#asked(() => this.#letters.list(place, limit, after));
  }

  async deadLetter(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined> {
    return this.#asked(() => this.#letters.find(place, id));
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#asked(() => this.#letters.replay(place, ids));
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#asked(() => this.#letters.purge(place, ids));
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    return within(this.name, this.#timeoutMs, work, refusalOf);
  }
}
