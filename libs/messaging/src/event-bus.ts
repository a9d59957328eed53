import { randomUUID } from 'node:crypto';
import { type Clock, RequestContext } from '@core-framework/common';
import { type Connections, type Database, onCommit } from '@core-framework/orm';
import type { Outbox } from '@core-framework/outbox';
import type { MessageBroker } from './brokers/message-broker.js';
import { checkEventId, checkHeaders, type EventMessage } from './envelope/event-message.js';
import { portableKey } from './envelope/portable-key.js';
import { jsonOf } from './envelope/json-of.js';
import type { CoreEvent } from './events/core-event.js';
import { checkChannelName, checkEventName } from './events/event-name.js';
import { type EventListener, LocalListeners } from './listening/local-listeners.js';
import { type EventListening, type EventSubscriber, PROCESS_LISTENERS } from './listening/process-events.js';
import type { ResolvedMessagingOptions } from './messaging.options.js';
import type { PayloadReader } from './payloads/payload-reader.js';
import type { EventCatalog } from './registry/event-catalog.js';

/** Options of {@link EventBus.publish}. */
export interface PublishOptions {
  /** @defaultValue the declared one, else that of the module: `events` */
  readonly topic?: string;
  /** Events of a topic with the same key keep their order. One that is longer than 255 characters travels as its hash. */
  readonly key?: string | number;
  /** Extension attributes of the CloudEvent; names of small letters and digits. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Names the event, a UUID; publishing under one id twice has one effect. @defaultValue a new one */
  readonly id?: string;
}

/** The name under which the outbox knows events. */
export const EVENTS_CHANNEL = 'events';

/** What a bus works with. */
export interface EventBusParts {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly broker: MessageBroker;
  readonly clock: Clock;
  readonly options: ResolvedMessagingOptions;
  readonly catalog: EventCatalog;
  readonly payloads: PayloadReader;
}

/** Publishes events to the broker and tells listeners of this process. */
export class EventBus implements EventListening {
  readonly #listeners = new LocalListeners(PROCESS_LISTENERS);

  constructor(private readonly parts: EventBusParts) {}

  /**
   * Publishes an event if and only if the transaction of the work in hand commits; at once outside of one. It is written to
   * the outbox, from where it leaves however long the broker is away. Listeners of this process are told after the commit.
   *
   * @throws InvalidEventNameError, InvalidEnvelopeError; InvalidPayloadError when the data is no JSON, or breaks a rule of
   *   its declared class
   */
  async publish(name: string, data: unknown, options: PublishOptions = {}): Promise<string> {
    checkEventName(name);
    const declared = this.parts.catalog.find(name);
    const { topic = declared?.topic ?? this.parts.options.topic, key, headers = {}, id = randomUUID() } = options;
    checkChannelName('a topic', topic);
    checkHeaders(headers);
    checkEventId(id);
    const text = jsonOf(name, data);
    const payload = declared?.payload && (await this.parts.payloads.read(name, declared.payload, JSON.parse(text)));
    const message: EventMessage = {
      id,
      type: name,
      source: this.parts.options.source,
      time: this.parts.clock.now().toISOString(),
      ...(key !== undefined && { key: portableKey(String(key)) }),
      data: payload ? jsonOf(name, payload) : text,
      headers,
    };
    if (this.parts.options.outbox) {
      const { source, time } = message;
      const stored = { id, channel: EVENTS_CHANNEL, type: name, topic, key: message.key, payload: message.data };
      await this.parts.outbox.add({ ...stored, headers: { ...headers, source, time } });
    } else await this.#afterCommit(() => this.#send(topic, message));
    await this.#afterCommit(() => this.#listeners.tellAfterwards(localEvent(message, topic)));
    return id;
  }

  /**
   * Tells listeners of this process only: after the commit inside a transaction, else at once.
   *
   * @throws what the first listener that failed threw, outside of a transaction; all have been told.
   */
  async dispatch(name: string, data?: unknown): Promise<void> {
    checkEventName(name);
    const event: CoreEvent = {
      id: randomUUID(),
      name,
      data,
      topic: '',
      timestamp: this.parts.clock.now(),
      attempt: 1,
      source: this.parts.options.source,
      headers: {},
    };
    if (this.#isInTransaction) return this.#afterCommit(() => this.#listeners.tellAfterwards(event));
    const [error] = await this.#listeners.tell(event);
    if (error) throw error;
  }

  /**
   * Has a function told of events of this process. Answers a function that ends it.
   *
   * @param pattern the name of an event, or a pattern: `user.*`, `*.created`, `order.**`
   */
  listen<T = unknown>(pattern: string, listener: EventListener<T>): () => void {
    return this.#listeners.add(pattern, listener as EventListener);
  }

  /** The databases of its application. */
  get connections(): Connections {
    return this.parts.database.connections;
  }

  /** Has a class register its listeners. */
  subscribe(subscriber: EventSubscriber): void {
    subscriber.subscribe(this);
  }

  get #isInTransaction(): boolean {
    if (!RequestContext.current()) return false;
    return this.parts.database.usedEntityManager()?.isInTransaction() ?? false;
  }

  async #afterCommit(work: () => Promise<void>): Promise<void> {
    if (this.#isInTransaction) onCommit(work, { database: this.parts.database });
    else await work();
  }

  async #send(topic: string, message: EventMessage): Promise<void> {
    const [error] = (await this.parts.broker.publish(topic, [message])).values();
    if (error) throw error;
  }
}

function localEvent({ id, type, source, time, key, data, headers }: EventMessage, topic: string): CoreEvent {
  return { id, name: type, data: JSON.parse(data), topic, timestamp: new Date(time), attempt: 1, source, key, headers };
}
