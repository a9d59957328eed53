import { Logger } from '@nestjs/common';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { InvalidPayloadError, PermanentEventError } from '../errors/messaging.errors.js';
import type { EventHandler } from './event-handler.js';
import { type ConsumerSurroundings, EventHandling, type HandlingOptions } from './event-handling.js';
import { KeyLanes } from './key-lanes.js';
import { holdsItsKey, retryDelay } from './retry-delay.js';

/** How a group works. */
export interface ConsumerGroupOptions extends HandlingOptions {
  readonly topics: readonly string[];
  readonly retry: number;
  readonly retryDelayMs: number;
  readonly concurrency: number;
  readonly prefetch: number;
  readonly visibilityMs: number;
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
  readonly #handling: EventHandling;
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
    this.#handling = new EventHandling(options, surroundings);
    this.#logger = new Logger(`Consumer ${options.group}`);
  }

  /** For people: its name and where its events come from. */
  get description(): string {
    return `${this.options.group} (${this.options.topics.join(', ')})`;
  }

  get counts(): ConsumerCounts {
    return { ...this.#counts };
  }

  /** Does nothing when it has started, or is to end. */
  async start(broker: MessageBroker): Promise<void> {
    if (this.#subscription || this.#draining) return;
    const { topics, group, prefetch, visibilityMs } = this.options;
    const subscription = await broker.subscribe({ topics, group, prefetch, visibilityMs }, (delivery) =>
      this.#take(delivery),
    );
    if (this.#draining) return subscription.drain(0);
    this.#subscription = subscription;
    this.#keeping = setInterval(() => {
      for (const delivery of this.#inHand) void delivery.extend().catch(() => undefined);
    }, visibilityMs / 3);
  }

  /** Begins nothing any more, and finishes what is in work, for at most so many milliseconds; the rest is given to others. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    this.#subscription?.pause();
    this.#lanes.hurry();
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
    const lane = key === undefined ? undefined : `${delivery.topic} ${key}`;
    let held = 0;
    const work = () => this.#work(delivery, held++);
    if (!isSuspect(delivery)) return this.#lanes.run(lane, work);
    return this.#lanes.run(lane, async () => {
      let again: number | undefined;
      await this.#suspects.run(undefined, async () => void (again = await work()));
      return again;
    });
  }

  /**
   * Answers after how many milliseconds an event that failed is to be tried again here.
   *
   * @param held how often that was done before
   */
  async #work(delivery: Delivery, held: number): Promise<number | undefined> {
    let again: number | undefined;
    // What was not begun is given to others.
    if (!this.#draining) {
      this.#running.add();
      try {
        again = await this.#decide(delivery, held);
      } catch (error) {
        this.#logger.error(`What became of ${delivery.message.id} could not be told to the broker.`, error);
      }
      this.#running.remove();
    }
    if (again === undefined) this.#inHand.delete(delivery);
    return again;
  }

  async #decide(delivery: Delivery, held: number): Promise<number | undefined> {
    const { message, topic } = delivery;
    const handlers = this.#handlersOf(topic, message.type);
    if (handlers.length === 0) {
      this.#counts.unhandled += 1;
      await delivery.ack();
      return undefined;
    }
    if (held === 0 && isSuspect(delivery) && (await this.#hasKilled(delivery))) {
      const deaths = this.#mostDeaths + 1;
      await this.#bury(delivery, `Whoever began with it died, ${deaths} times.`, delivery.attempt);
      // When it is replayed somebody has dealt with the reason.
      await this.surroundings.inbox.forgetBeginnings(this.options.group, message.id, deaths);
      return undefined;
    }
    const attempt = delivery.attempt + held;
    try {
      const first = await this.#handling.run(delivery, attempt, handlers);
      this.#counts[first ? 'handled' : 'repeated'] += 1;
    } catch (error) {
      return this.#failed(delivery, attempt, error);
    }
    await delivery.ack();
    return undefined;
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

  /** Answers as {@link #work} does: what has a key is kept in hand, and with it what comes after it. */
  async #failed(delivery: Delivery, attempt: number, error: unknown): Promise<number | undefined> {
    const { message, abandoned = 0 } = delivery;
    const { retry, retryDelayMs } = this.options;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const permanent = error instanceof PermanentEventError || error instanceof InvalidPayloadError;
    // Deaths are counted for themselves: they may be another's fault.
    if (permanent || attempt - abandoned > retry) {
      await this.#bury(delivery, reason, attempt, error);
      return undefined;
    }
    const delay = retryDelay(retryDelayMs, attempt);
    this.#counts.retried += 1;
    this.#logger.warn(`${message.type} ${message.id} failed (attempt ${attempt}), again in ${delay} ms: ${reason}`);
    if (holdsItsKey(message.key, delay)) return delay;
    await delivery.retry(delay, reason);
    return undefined;
  }

  async #bury(delivery: Delivery, reason: string, attempts: number, error?: unknown): Promise<void> {
    this.#counts.deadLettered += 1;
    this.#logger.error(`${delivery.message.type} ${delivery.message.id} goes to the dead letters: ${reason}`, error);
    await delivery.deadLetter(reason, attempts);
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
