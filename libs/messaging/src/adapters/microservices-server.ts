import { randomUUID } from 'node:crypto';
import { type CustomTransportStrategy, type MessageHandler, Server, type WritePacket } from '@nestjs/microservices';
import { concatMap, isObservable, lastValueFrom, type Observable } from 'rxjs';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { KeyLanes } from '../consuming/key-lanes.js';
import { holdsItsKey, retryDelay } from '../consuming/retry-delay.js';
import { checkChannelName, eventMatcher } from '../events/event-name.js';
import { BrokerContext } from './microservices-context.js';
import { readRequest, replyOf, type Request } from './microservices-packets.js';

/** Options of {@link BrokerServer}. */
export interface BrokerServerOptions {
  /** Connected when the microservice starts, and disconnected when it ends. */
  readonly broker: MessageBroker;
  /** Of all processes that run a group each message goes to one. */
  readonly group: string;
  readonly topics: readonly string[];
  /** How often an event whose handler failed is tried again. @defaultValue 3 */
  readonly retry?: number;
  /** Milliseconds before the first further attempt; each next one waits twice as long. @defaultValue 1000 */
  readonly retryDelayMs?: number;
  /** Messages handled at the same time; those of one key one after the other. @defaultValue 32 */
  readonly prefetch?: number;
  /** Milliseconds after which the messages of a process that died are given to another. @defaultValue 60000 */
  readonly visibilityMs?: number;
  /** Milliseconds that messages in work have when the microservice ends. @defaultValue 10000 */
  readonly drainTimeoutMs?: number;
}

/**
 * Runs `@EventPattern` and `@MessagePattern` handlers over a broker. Patterns are names of events, `user.*` and `order.**`
 * among them. An event whose handler fails is tried again and then goes to the dead letters; a request is answered, once or as
 * often as its handler's observable emits.
 */
export class BrokerServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  override readonly transportId = Symbol.for('@core-framework/messaging:transport');
  #lanes: KeyLanes;
  readonly #inHand = new Set<Delivery>();
  readonly #running = new InHand();
  readonly #source: string;
  #draining = false;
  #wildcards: readonly (readonly [matches: (name: string) => boolean, handler: MessageHandler])[] = [];
  #subscription: Subscription | undefined;
  #keeping: NodeJS.Timeout | undefined;

  constructor(private readonly options: BrokerServerOptions) {
    super();
    checkChannelName('a group', options.group);
    for (const topic of options.topics) checkChannelName('a topic', topic);
    this.#lanes = new KeyLanes(options.prefetch ?? 32);
    this.#source = options.group;
  }

  override listen(callback: (error?: unknown) => void): void {
    this.#listen().then(() => callback(), callback);
  }

  override async close(): Promise<void> {
    this.#draining = true;
    this.#subscription?.pause();
    this.#lanes.hurry();
    await this.#running.emptied(this.options.drainTimeoutMs ?? 10_000);
    await this.#subscription?.drain(0);
    clearInterval(this.#keeping);
    await this.options.broker.disconnect();
  }

  override on(): never {
    throw new Error('A broker tells of its state by health().');
  }

  override unwrap<T>(): T {
    return this.options.broker as T;
  }

  async #listen(): Promise<void> {
    const { broker, group, topics, prefetch = 32, visibilityMs = 60_000 } = this.options;
    this.#wildcards = [...this.getHandlers()]
      .filter(([pattern]) => pattern.includes('*'))
      .map(([pattern, handler]) => [eventMatcher(pattern), handler] as const);
    this.#draining = false;
    this.#lanes = new KeyLanes(prefetch);
    await broker.connect();
    this.#subscription = await broker.subscribe({ group, topics, prefetch, visibilityMs }, (delivery) =>
      this.#take(delivery),
    );
    this.#keeping = setInterval(() => {
      for (const delivery of this.#inHand) void delivery.extend().catch(() => undefined);
    }, visibilityMs / 3);
  }

  async #take(delivery: Delivery): Promise<void> {
    const { key } = delivery.message;
    this.#inHand.add(delivery);
    let held = 0;
    await this.#lanes.run(key === undefined ? undefined : `${delivery.topic} ${key}`, async () => {
      let again: number | undefined | void;
      // What was not begun is given to others.
      if (!this.#draining) {
        this.#running.add();
        try {
          again = await this.#decide(delivery, delivery.attempt + held++);
        } catch (error) {
          this.logger.error(error);
        }
        this.#running.remove();
      }
      if (again === undefined) this.#inHand.delete(delivery);
      return again;
    });
  }

  /** Answers after how many milliseconds an event that failed is to be tried again here. */
  async #decide(delivery: Delivery, attempt: number): Promise<number | void> {
    const { message } = delivery;
    const request = readRequest(message);
    const handler = this.#handlerOf(message.type);
    if (request) {
      if (!request.isExpired) await this.#answer(delivery, request, handler);
      return delivery.ack();
    }
    if (!handler) return delivery.ack();
    const { retry = 3, retryDelayMs = 1000 } = this.options;
    if (attempt > retry + 1) return delivery.deadLetter('Whoever was given it did not say what became of it.');
    try {
      await this.#run(delivery, attempt, handler, (result) => lastValueFrom(result, { defaultValue: undefined }));
    } catch (error) {
      const { name = 'Error', message: text = String(error) } = error as Partial<Error>;
      if (attempt > retry) return delivery.deadLetter(`${name}: ${text}`, attempt);
      const delay = retryDelay(retryDelayMs, attempt);
      return holdsItsKey(message.key, delay) ? delay : delivery.retry(delay, text);
    }
    return delivery.ack();
  }

  async #answer(delivery: Delivery, request: Request, handler: MessageHandler | undefined): Promise<void> {
    const { type } = delivery.message;
    const reply = async (packet: WritePacket) => {
      const sender = { id: randomUUID(), source: this.#source };
      const [error] = (
        await this.options.broker.publish(request.replyTo, [replyOf(type, request, packet, sender)])
      ).values();
      if (error) throw error;
    };
    if (!handler) return reply({ err: `Nobody answers "${type}" here.`, isDisposed: true });
    try {
      await this.#run(delivery, delivery.attempt, handler, (result) =>
        lastValueFrom(result.pipe(concatMap((response) => reply({ response }))), { defaultValue: undefined }),
      );
      await reply({ isDisposed: true });
    } catch (error) {
      await reply({ err: toldOf(error), isDisposed: true });
    }
  }

  /** With the hooks that tell when handling begins and ends. */
  async #run(
    delivery: Delivery,
    attempt: number,
    handler: MessageHandler,
    finish: (result: Observable<unknown>) => Promise<unknown>,
  ): Promise<void> {
    const context = new BrokerContext([{ message: delivery.message, topic: delivery.topic, attempt }]);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.runWithProcessingHooks(context, async (runEndHook) => {
      try {
        const result: unknown = await handler(JSON.parse(delivery.message.data), context);
        await finish(isObservable(result) ? result : this.transformToObservable(result));
        resolve();
      } catch (error) {
        reject(error);
      } finally {
        runEndHook();
      }
    });
    return promise;
  }

  #handlerOf(type: string): MessageHandler | undefined {
    return this.getHandlerByPattern(type) ?? this.#wildcards.find(([matches]) => matches(type))?.[1];
  }
}

/** What filters made of an error; of one that they left alone only the message. */
function toldOf(error: unknown): unknown {
  return error instanceof Error ? { status: 'error', message: error.message } : error;
}
