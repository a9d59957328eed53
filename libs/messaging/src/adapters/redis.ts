import { Redis, type RedisOptions } from 'ioredis';
import type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  MessageBroker,
  SubscribeRequest,
  Subscription,
} from '../brokers/message-broker.js';
import { groupKeys, topicKey, TOPICS_KEY } from './redis-keys.js';
import { factsOf, RedisSubscription } from './redis-subscription.js';
import { type EventMessage, fromStructured, toStructured } from '../envelope/event-message.js';
import { BrokerUnreachableError } from '../errors/messaging.errors.js';

/** Options of {@link RedisBroker}. */
export interface RedisBrokerOptions {
  /** Address of the server: `redis://localhost:6379/0`. */
  readonly url: string;
  /** Milliseconds that a command may take before the server counts as away. @defaultValue 5000 */
  readonly timeoutMs?: number;
}

/** Carries messages over Redis Streams, 6.2 or later, with consumer groups. */
export class RedisBroker implements MessageBroker {
  readonly name = 'redis';
  readonly #redis: Redis;
  readonly #url: string;
  readonly #known = new Set<string>();
  readonly #subscriptions = new Set<RedisSubscription>();

  constructor({ url, timeoutMs = 5000 }: RedisBrokerOptions) {
    this.#url = url;
    this.#redis = this.#client({ commandTimeout: timeoutMs, maxRetriesPerRequest: 1 });
  }

  async connect(): Promise<void> {
    await this.#asked(() => this.#redis.ping());
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
    const isNew = !this.#known.has(topic);
    for (const message of messages) {
      pipeline.xadd(topicKey(topic), '*', 'id', message.id, 'type', message.type, 'd', toStructured(message));
    }
    if (isNew) pipeline.sadd(TOPICS_KEY, topic);
    const answers = (await this.#asked(() => pipeline.exec())) ?? [];
    const errors = messages.flatMap(({ id }, index) => {
      const error = answers[index]?.[0];
      return error ? [[id, error] as const] : [];
    });
    if (errors.length === messages.length && errors[0]) throw new BrokerUnreachableError(this.name, errors[0][1]);
    this.#known.add(topic);
    return new Map(errors);
  }

  async subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription> {
    const subscription = new RedisSubscription(this.#redis, this.#client({}), request, handle);
    await this.#asked(async () => {
      await this.#redis.sadd(TOPICS_KEY, ...request.topics);
      await subscription.start();
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async createTopic(topic: string): Promise<void> {
    await this.#asked(() => this.#redis.sadd(TOPICS_KEY, topic));
  }

  /** Deletes the topic with all that its groups keep of it. */
  async deleteTopic(topic: string): Promise<void> {
    await this.#asked(async () => {
      const stream = topicKey(topic);
      const groups = (await this.#redis.exists(stream))
        ? ((await this.#redis.xinfo('GROUPS', stream)) as readonly (readonly unknown[])[])
        : [];
      const own = groups.flatMap((facts) =>
        Object.values(groupKeys({ topic, group: String(factsOf(facts)['name']) }) as unknown as Record<string, string>),
      );
      await this.#redis.del(stream, ...own);
      await this.#redis.srem(TOPICS_KEY, topic);
    });
    this.#known.delete(topic);
  }

  async listTopics(): Promise<readonly string[]> {
    const topics = await this.#asked(() => this.#redis.smembers(TOPICS_KEY));
    return topics.toSorted((one, other) => (one < other ? -1 : 1));
  }

  async deadLetters(place: DeadLetterPlace, limit: number): Promise<readonly DeadLetter[]> {
    const entries = await this.#asked(() => this.#redis.xrange(groupKeys(place).dead, '-', '+', 'COUNT', limit));
    return entries.map(([id, fields]) => {
      const { d, reason, attempt } = factsOf(fields);
      return {
        id,
        topic: place.topic,
        message: readable(String(d)),
        reason: String(reason),
        attempt: Number(attempt),
        failedAt: new Date(Number(id.split('-')[0])),
      };
    });
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const { again, dead } = groupKeys(place);
    return this.#asked(async () => {
      const entries = await this.#entriesOf(dead, ids);
      for (const [id, fields] of entries) {
        await this.#redis
          .multi()
          .xadd(again, '*', 'd', String(factsOf(fields)['d']), 'n', 0)
          .xdel(dead, id)
          .exec();
      }
      return entries.length;
    });
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const { dead } = groupKeys(place);
    return this.#asked(async () => {
      const entries = await this.#entriesOf(dead, ids);
      if (entries.length === 0) return 0;
      return this.#redis.xdel(dead, ...entries.map(([id]) => id));
    });
  }

  async #entriesOf(stream: string, ids?: readonly string[]): Promise<readonly [id: string, fields: string[]][]> {
    if (!ids) return this.#redis.xrange(stream, '-', '+');
    const found = await Promise.all(
      ids.filter((id) => /^\d+-\d+$/.test(id)).map((id) => this.#redis.xrange(stream, id, id)),
    );
    return found.flat();
  }

  #client(options: RedisOptions): Redis {
    const client = new Redis(this.#url, {
      connectionName: 'core-messaging',
      retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
      ...options,
    });
    // Told by the command that fails; without a listener it would be thrown.
    client.on('error', () => undefined);
    return client;
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof BrokerUnreachableError ? error : new BrokerUnreachableError(this.name, error);
    }
  }
}

/** A dead letter may be there because it is no CloudEvent. */
function readable(text: string): EventMessage {
  try {
    return fromStructured(text);
  } catch {
    return { id: '', type: '', source: '', time: new Date(0).toISOString(), data: JSON.stringify(text), headers: {} };
  }
}
