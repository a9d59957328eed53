import { atomic, type Database, runInContext } from '@core-framework/orm';
import type { Inbox } from '@core-framework/outbox';
import { Logger } from '@nestjs/common';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { InvalidPayloadError, PermanentEventError } from '../errors/messaging.errors.js';
import type { CoreEvent } from '../events/core-event.js';
import type { EventHandler } from './event-handler.js';
import { KeyLanes } from './key-lanes.js';
import { readPayload } from './read-payload.js';

/** How a group works. */
export interface ConsumerGroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly retry: number;
  readonly retryDelayMs: number;
  readonly concurrency: number;
  readonly prefetch: number;
  readonly visibilityMs: number;
  readonly inbox: boolean;
}

const LONGEST_DELAY_MS = 3_600_000;

/** What a group has done in this process. */
export interface ConsumerCounts {
  readonly handled: number;
  /** Events that came again and had had their effect. */
  readonly repeated: number;
  /** Events that nobody in the group handles. */
  readonly unhandled: number;
  readonly retried: number;
  readonly deadLettered: number;
}

/** Runs the handlers of a group: in a unit of work and a transaction per event, again when they fail, in order per key. */
export class ConsumerGroup {
  readonly #logger: Logger;
  readonly #lanes: KeyLanes;
  readonly #inHand = new Set<Delivery>();
  readonly #counts = { handled: 0, repeated: 0, unhandled: 0, retried: 0, deadLettered: 0 };
  readonly #found = new Map<string, readonly EventHandler[]>();
  #subscription: Subscription | undefined;
  #keeping: NodeJS.Timeout | undefined;

  constructor(
    readonly options: ConsumerGroupOptions,
    private readonly handlers: readonly EventHandler[],
    private readonly database: Database,
    private readonly inbox: Inbox,
  ) {
    this.#lanes = new KeyLanes(options.concurrency);
    this.#logger = new Logger(`Consumer ${options.group}`);
  }

  get counts(): ConsumerCounts {
    return { ...this.#counts };
  }

  async start(broker: MessageBroker): Promise<void> {
    const { topics, group, prefetch, visibilityMs } = this.options;
    this.#subscription = await broker.subscribe({ topics, group, prefetch, visibilityMs }, (delivery) =>
      this.#take(delivery),
    );
    this.#keeping = setInterval(() => {
      for (const delivery of this.#inHand) void delivery.extend().catch(() => undefined);
    }, visibilityMs / 3);
  }

  /** Finishes what is in hand, for at most so many milliseconds; the rest is given to others. */
  async drain(timeoutMs: number): Promise<void> {
    await this.#subscription?.drain(timeoutMs);
    clearInterval(this.#keeping);
    if (this.#inHand.size > 0)
      this.#logger.warn(`${this.#inHand.size} events were still in work; they will come again.`);
  }

  async lag(): Promise<number> {
    return (await this.#subscription?.lag()) ?? 0;
  }

  async #take(delivery: Delivery): Promise<void> {
    const { key } = delivery.message;
    this.#inHand.add(delivery);
    await this.#lanes.run(key === undefined ? undefined : `${delivery.topic} ${key}`, async () => {
      try {
        await this.#decide(delivery);
      } catch (error) {
        this.#logger.error(`What became of ${delivery.message.id} could not be told to the broker.`, error);
      } finally {
        this.#inHand.delete(delivery);
      }
    });
  }

  async #decide(delivery: Delivery): Promise<void> {
    const { message, topic, attempt } = delivery;
    const handlers = this.#handlersOf(topic, message.type);
    if (handlers.length === 0) {
      this.#counts.unhandled += 1;
      return delivery.ack();
    }
    // Whoever got it before died over it each time.
    if (attempt > this.options.retry + 1) {
      return this.#bury(delivery, `It was given out ${attempt - 1} times and nobody said what became of it.`);
    }
    try {
      const first = await runInContext(() => this.#handle(delivery, handlers), {
        database: this.database,
        isolated: true,
      });
      this.#counts[first ? 'handled' : 'repeated'] += 1;
    } catch (error) {
      return this.#failed(delivery, error);
    }
    return delivery.ack();
  }

  /** Resolves with `false` when the event has had its effect already. */
  async #handle({ message, topic, attempt }: Delivery, handlers: readonly EventHandler[]): Promise<boolean> {
    const { id, type: name, source, time, key, data, headers } = message;
    const facts = { id, name, topic, timestamp: new Date(time), attempt, source, key, headers };
    const calls: [EventHandler, CoreEvent][] = [];
    for (const handler of handlers) {
      const plain: unknown = JSON.parse(data);
      calls.push([
        handler,
        { ...facts, data: handler.payload ? await readPayload(name, handler.payload, plain) : plain },
      ]);
    }
    return atomic(
      async (em) => {
        if (this.options.inbox && !(await this.inbox.accept(this.options.group, id))) return false;
        for (const [handler, event] of calls) await handler.call(event, em);
        return true;
      },
      { database: this.database },
    );
  }

  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    const { message, attempt } = delivery;
    const { retry, retryDelayMs } = this.options;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const permanent = error instanceof PermanentEventError || error instanceof InvalidPayloadError;
    if (permanent || attempt > retry) return this.#bury(delivery, reason, error);
    const delay = Math.min(retryDelayMs * 2 ** (attempt - 1), LONGEST_DELAY_MS) * (0.9 + Math.random() * 0.2);
    this.#counts.retried += 1;
    this.#logger.warn(
      `${message.type} ${message.id} failed (attempt ${attempt}), again in ${Math.round(delay)} ms: ${reason}`,
    );
    await delivery.retry(Math.round(delay), reason);
  }

  async #bury(delivery: Delivery, reason: string, error?: unknown): Promise<void> {
    this.#counts.deadLettered += 1;
    this.#logger.error(`${delivery.message.type} ${delivery.message.id} goes to the dead letters: ${reason}`, error);
    await delivery.deadLetter(reason);
  }

  #handlersOf(topic: string, type: string): readonly EventHandler[] {
    const place = `${topic} ${type}`;
    let found = this.#found.get(place);
    if (!found) {
      found = this.handlers.filter(({ matches, topics }) => topics.includes(topic) && matches(type));
      // Whoever publishes chooses the names: no more than a bounded number is kept.
      if (this.#found.size < 1000) this.#found.set(place, found);
    }
    return found;
  }
}
