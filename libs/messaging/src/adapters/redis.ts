import { Redis, type RedisOptions } from 'ioredis';
import type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  MessageBroker,
  SubscribeRequest,
  Subscription,
  TopicDescription,
} from '../brokers/message-broker.js';
import { type EventMessage, toStructured } from '../envelope/event-message.js';
import { checkAddress } from '../brokers/check-address.js';
import { BrokerRefusedError, BrokerUnreachableError } from '../errors/messaging.errors.js';
import { RedisDeadLetters } from './redis-dead-letters.js';
import { keylessKey, topicKey, TOPICS_KEY } from './redis-keys.js';
import { RedisSubscription } from './redis-subscription.js';
import { RedisTail } from './redis-tail.js';
import { RedisTopics } from './redis-topics.js';

/** Options of {@link RedisBroker}. */
export interface RedisBrokerOptions {
  /** Address of the server: `redis://localhost:6379/0`. */
  readonly url: string;
  /** Milliseconds that a command may take before the server counts as away. @defaultValue 5000 */
  readonly timeoutMs?: number;
  /**
   * About how many messages a stream keeps; more only as long as a group has not acknowledged them. A new group starts with
   * the oldest one kept. @defaultValue 100000
   */
  readonly streamLength?: number;
}

/** So many messages are published between two times that a stream is cut. */
const TRIM_EVERY = 1000;

/** Carries messages over Redis Streams, 6.2 or later, with consumer groups. */
export class RedisBroker implements MessageBroker {
  readonly name = 'redis';
  readonly #redis: Redis;
  readonly #topics: RedisTopics;
  readonly #letters: RedisDeadLetters;
  /** Topics that are known to the server, with how much was published since they were cut. */
  readonly #published = new Map<string, number>();
  readonly #subscriptions = new Set<Subscription>();
  #lastError: Error | undefined;

  /** @throws BrokerChoiceError when the address is none of a Redis */
  constructor(private readonly options: RedisBrokerOptions) {
    checkAddress('redis', options.url, ['redis:', 'rediss:']);
    this.#redis = this.#client({ commandTimeout: options.timeoutMs ?? 5000, maxRetriesPerRequest: 1 });
    this.#topics = new RedisTopics(this.#redis);
    this.#letters = new RedisDeadLetters(this.#redis);
  }

  async connect(): Promise<void> {
    // Of a database that is not there the client says nothing, and works on another.
    await this.#asked(() => this.#redis.select(this.#redis.options.db ?? 0));
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.drain(0)));
    this.#redis.disconnect();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    const info = await this.#asked(() => this.#redis.info());
    const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    return {
      version: fact('redis_version'),
      // Without one of them a restart, or a full memory, loses events that were acknowledged.
      persistent: fact('aof_enabled') === '1',
      evictionPolicy: fact('maxmemory_policy'),
    };
  }

  async publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    const pipeline = this.#redis.pipeline();
    const stream = topicKey(topic);
    const keyed = messages.some(({ key }) => key !== undefined);
    // Before what has a key, and each time: the server may have lost it.
    if (keyed) pipeline.set(keylessKey(topic), 'no longer');
    for (const message of messages) {
      // First, where the scripts that keep the order of keys look for it.
      const key = message.key === undefined ? [] : ['k', message.key];
      pipeline.xadd(stream, '*', ...key, 'd', toStructured(message));
    }
    if (!this.#published.has(topic)) pipeline.sadd(TOPICS_KEY, topic);
    const answers = ((await this.#asked(() => pipeline.exec())) ?? []).slice(keyed ? 1 : 0);
    const errors = messages.flatMap(({ id }, index) => {
      const error = answers[index]?.[0];
      return error ? [[id, error] as const] : [];
    });
    if (errors.length > 0 && errors.length === messages.length) throw this.#failure(errors[0]?.[1]);
    this.#count(topic, messages.length);
    return new Map(errors);
  }

  async subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription> {
    // What is asked for is given whether the answer arrives or not: asked again it would be something else.
    const reader = this.#client({ maxRetriesPerRequest: 0 });
    const ended = () => void this.#subscriptions.delete(subscription);
    const subscription = request.ephemeral
      ? new RedisTail(this.#redis, reader, request, handle, ended)
      : new RedisSubscription(this.#redis, reader, request, handle, ended);
    try {
      await this.#asked(async () => {
        await this.#topics.add(...request.topics);
        await subscription.start();
      });
    } catch (error) {
      reader.disconnect();
      throw error;
    }
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async createTopic(topic: string): Promise<void> {
    await this.#asked(() => this.#topics.add(topic));
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#asked(() => this.#topics.delete(topic));
    this.#published.delete(topic);
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

  #count(topic: string, messages: number): void {
    const published = (this.#published.get(topic) ?? 0) + messages;
    this.#published.set(topic, published % TRIM_EVERY);
    // What was published is safe whatever becomes of it: the next time tries again.
    if (published >= TRIM_EVERY) {
      void this.#topics.trim(topic, this.options.streamLength ?? 100_000).catch(() => undefined);
    }
  }

  #client(options: RedisOptions): Redis {
    const client = new Redis(this.options.url, {
      connectionName: 'core-messaging',
      retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
      ...options,
    });
    // Told by the command that fails; without a listener it would be thrown.
    client.on('error', (error: Error) => (this.#lastError = error));
    client.on('ready', () => (this.#lastError = undefined));
    return client;
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof BrokerUnreachableError || error instanceof BrokerRefusedError
        ? error
        : this.#failure(error);
    }
  }

  #failure(error: unknown): Error {
    // Without a connection the client says of a command only that it gave up.
    const cause = isAnswer(error) ? error : (this.#lastError ?? error);
    if (!isAnswer(cause) || PASSING.test(cause.message)) return new BrokerUnreachableError(this.name, cause);
    return new BrokerRefusedError(this.name, cause.message, cause);
  }
}

/** What a server answers that is about to start, changes its part or is full: later it takes the same. */
const PASSING = /^(?:LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|BUSY|OOM|MISCONF)/;

function isAnswer(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}
