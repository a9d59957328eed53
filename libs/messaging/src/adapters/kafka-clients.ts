import {
  Admin,
  type BaseOptions,
  Consumer,
  Producer,
  ProduceAcks,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import type { OutgoingRecord } from './kafka-messages.js';

export type TextConsumer = Consumer<string, string, string, string>;

/** Partitions and copies of a topic; the server's own numbers where they are left out. */
export interface TopicShape {
  readonly partitions?: number;
  readonly replicas?: number;
}

/** A cluster, and how it is spoken to. */
export interface ClusterAccess extends Pick<BaseOptions, 'tls' | 'sasl'> {
  readonly servers: readonly string[];
  readonly timeoutMs: number;
}

const REBALANCE_MS = 10_000;

/** Makes clients of one cluster, and topics. */
export class KafkaClients {
  readonly #base: BaseOptions;
  #producer: Producer<string, string, string, string> | undefined;
  #admin: Admin | undefined;
  readonly #topics = new Set<string>();

  constructor({ servers, timeoutMs, tls, sasl }: ClusterAccess) {
    this.#base = {
      ...(tls && { tls }),
      ...(sasl && { sasl }),
      clientId: 'core-messaging',
      bootstrapBrokers: [...servers],
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      retries: 3,
      retryDelay: 100,
    };
  }

  get producer(): Producer<string, string, string, string> {
    this.#producer ??= new Producer({ ...this.#base, serializers: stringSerializers, autocreateTopics: true });
    return this.#producer;
  }

  get admin(): Admin {
    this.#admin ??= new Admin(this.#base);
    return this.#admin;
  }

  consumer(groupId: string): TextConsumer {
    // An answer to who joins may take as long as the others need to come too.
    const requestTimeout = 3 * REBALANCE_MS;
    const options = {
      requestTimeout,
      sessionTimeout: 10_000,
      heartbeatInterval: 1000,
      rebalanceTimeout: REBALANCE_MS,
      maxWaitTime: 100,
    };
    const consumer = new Consumer({
      ...this.#base,
      ...options,
      groupId,
      deserializers: stringDeserializers,
      autocommit: false,
    });
    // Told by the call that fails, or by the stream; without a listener it would be thrown.
    consumer.on('error' as never, () => undefined);
    return consumer;
  }

  /** Resolves once all copies have them. */
  async send(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length > 0) await this.producer.send({ messages: [...records], acks: ProduceAcks.ALL });
  }

  /**
   * Makes a topic, unless it is there.
   *
   * @param isExact whether it is made in that shape or not at all
   */
  async ensureTopic(topic: string, shape: TopicShape = {}, isExact = false): Promise<void> {
    if (this.#topics.has(topic)) return;
    try {
      await this.admin.createTopics({
        topics: [topic],
        partitions: shape.partitions ?? -1,
        replicas: shape.replicas ?? -1,
      });
    } catch (error) {
      if (!is(error, 'TOPIC_ALREADY_EXISTS')) {
        if (isExact) throw error;
        // A server that lets nobody make topics may make them itself when they are asked for.
        await this.producer.metadata({ topics: [topic], autocreateTopics: true, forceUpdate: true });
      }
    }
    this.#topics.add(topic);
  }

  forget(topic: string): void {
    this.#topics.delete(topic);
    this.#producer?.clearMetadata();
    this.#admin?.clearMetadata();
  }

  async close(): Promise<void> {
    const [producer, admin] = [this.#producer, this.#admin];
    this.#producer = this.#admin = undefined;
    await Promise.allSettled([producer?.close(true), admin?.close()]);
  }
}

/** Whether an error, or one of those that it is made of, is of a kind that the protocol names. */
export function is(error: unknown, name: string): boolean {
  const { apiId, errors = [], cause } = error as { apiId?: unknown; errors?: unknown[]; cause?: unknown };
  return apiId === name || errors.some((inner) => is(inner, name)) || (cause !== undefined && is(cause, name));
}

/** What a server said that will not do what it was asked for, however often; nothing of other errors. */
export function refusalOf(error: unknown): string | undefined {
  const { code, apiId, canRetry, message, errors = [], cause } = error as KafkaError;
  const isAnswer = apiId !== undefined || code === 'PLT_KFK_UNSUPPORTED_API' || code === 'PLT_KFK_AUTHENTICATION';
  if (isAnswer && canRetry !== true) return message;
  for (const inner of cause === undefined ? errors : [...errors, cause]) {
    const refusal = refusalOf(inner);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What errors of the client have, among others those of whole requests. */
interface KafkaError {
  readonly code?: unknown;
  readonly apiId?: unknown;
  readonly canRetry?: unknown;
  readonly message?: string;
  readonly errors?: readonly unknown[];
  readonly cause?: unknown;
}
