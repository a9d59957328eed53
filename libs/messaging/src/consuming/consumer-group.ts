import { atomic, type Database, runInContext } from '@core-framework/orm';
import type { Inbox } from '@core-framework/outbox';
import { Logger } from '@nestjs/common';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { InvalidPayloadError, PermanentEventError } from '../errors/messaging.errors.js';
import type { PayloadReader } from '../payloads/payload-reader.js';
import type { CoreEvent } from '../events/core-event.js';
import type { EventHandler } from './event-handler.js';
import { KeyLanes } from './key-lanes.js';
import { retryDelay } from './retry-delay.js';

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
  readonly transaction: boolean;
}

/** What a group works with. */
export interface ConsumerSurroundings {
  readonly database: Database;
  readonly inbox: Inbox;
  readonly payloads: PayloadReader;
}

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
  /** Events that somebody may have died over are tried one at a time, so that none is taken for another. */
  readonly #suspects = new KeyLanes(1);
  readonly #inHand = new Set<Delivery>();
  readonly #running = new InHand();
  readonly #counts = { handled: 0, repeated: 0, unhandled: 0, retried: 0, deadLettered: 0 };
  /** By topic and name. */
  readonly #found = new Map<string, Map<string, readonly EventHandler[]>>();
  #subscription: Subscription | undefined;
  #keeping: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(
    readonly options: ConsumerGroupOptions,
    private readonly handlers: readonly EventHandler[],
    private readonly surroundings: ConsumerSurroundings,
  ) {
    this.#lanes = new KeyLanes(options.concurrency);
    this.#logger = new Logger(`Consumer ${options.group}`);
  }

  /** For people: its name and where its events come from. */
  get description(): string {
    return `${this.options.group} (${this.options.topics.join(', ')})`;
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

  /** Begins nothing any more, and finishes what is in work, for at most so many milliseconds; the rest is given to others. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    this.#subscription?.pause();
    await this.#running.emptied(timeoutMs);
    const unfinished = this.#running.count;
    await this.#subscription?.drain(0);
    clearInterval(this.#keeping);
    if (unfinished > 0) this.#logger.warn(`${unfinished} events were still in work; they will come again.`);
  }

  async lag(): Promise<number> {
    return (await this.#subscription?.lag()) ?? 0;
  }

  #take(delivery: Delivery): Promise<void> {
    const { key } = delivery.message;
    this.#inHand.add(delivery);
    const work = () => this.#work(delivery);
    const lane = key === undefined ? undefined : `${delivery.topic} ${key}`;
    return this.#lanes.run(lane, isSuspect(delivery) ? () => this.#suspects.run(undefined, work) : work);
  }

  async #work(delivery: Delivery): Promise<void> {
    // What was not begun is given to others.
    if (!this.#draining) {
      this.#running.add();
      try {
        await this.#decide(delivery);
      } catch (error) {
        this.#logger.error(`What became of ${delivery.message.id} could not be told to the broker.`, error);
      }
      this.#running.remove();
    }
    this.#inHand.delete(delivery);
  }

  async #decide(delivery: Delivery): Promise<void> {
    const { message, topic } = delivery;
    const handlers = this.#handlersOf(topic, message.type);
    if (handlers.length === 0) {
      this.#counts.unhandled += 1;
      return delivery.ack();
    }
    if (isSuspect(delivery) && (await this.#hasKilled(delivery))) {
      return this.#bury(delivery, `Whoever began with it died, ${this.#mostDeaths + 1} times.`);
    }
    try {
      const first = await runInContext(() => this.#handle(delivery, handlers), {
        database: this.surroundings.database,
        isolated: true,
      });
      this.#counts[first ? 'handled' : 'repeated'] += 1;
    } catch (error) {
      return this.#failed(delivery, error);
    }
    return delivery.ack();
  }

  /** Whether as many died over it as it may be tried; the first one, who did not note what he had, is one of them. */
  async #hasKilled({ message: { id } }: Delivery): Promise<boolean> {
    const most = this.#mostDeaths;
    return (await this.surroundings.inbox.begin(this.options.group, id, most + 1)) > most;
  }

  /** How often one may die over an event before it is given up; once at least, since it may have been in hand by chance. */
  get #mostDeaths(): number {
    return Math.max(this.options.retry, 1);
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
        {
          ...facts,
          data: handler.payload ? await this.surroundings.payloads.read(name, handler.payload, plain) : plain,
        },
      ]);
    }
    if (!this.options.transaction) {
      for (const [handler, event] of calls) {
        await (handler.takesManager
          ? handler.call(event, this.surroundings.database.entityManager())
          : handler.call(event));
      }
      return true;
    }
    return atomic(
      async (em) => {
        if (this.options.inbox && !(await this.surroundings.inbox.accept(this.options.group, id))) return false;
        for (const [handler, event] of calls) await handler.call(event, em);
        return true;
      },
      { database: this.surroundings.database },
    );
  }

  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    const { message, attempt, abandoned = 0 } = delivery;
    const { retry, retryDelayMs } = this.options;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const permanent = error instanceof PermanentEventError || error instanceof InvalidPayloadError;
    // Deaths are counted for themselves: they may be another's fault.
    if (permanent || attempt - abandoned > retry) return this.#bury(delivery, reason, error);
    const delay = retryDelay(retryDelayMs, attempt);
    this.#counts.retried += 1;
    this.#logger.warn(`${message.type} ${message.id} failed (attempt ${attempt}), again in ${delay} ms: ${reason}`);
    await delivery.retry(delay, reason);
  }

  async #bury(delivery: Delivery, reason: string, error?: unknown): Promise<void> {
    this.#counts.deadLettered += 1;
    this.#logger.error(`${delivery.message.type} ${delivery.message.id} goes to the dead letters: ${reason}`, error);
    await delivery.deadLetter(reason);
  }

  #handlersOf(topic: string, type: string): readonly EventHandler[] {
    let known = this.#found.get(topic);
    if (!known) this.#found.set(topic, (known = new Map()));
    let found = known.get(type);
    if (!found) {
      found = this.handlers.filter(({ matches, topics }) => topics.includes(topic) && matches(type));
      // Whoever publishes chooses the names: no more than a bounded number is kept.
      if (known.size < 1000) known.set(type, found);
    }
    return found;
  }
}

/** Whether somebody may have died over it. */
function isSuspect({ abandoned = 0, suspect = false }: Delivery): boolean {
  return suspect || abandoned > 0;
}
