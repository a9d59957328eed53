import { randomUUID } from 'node:crypto';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { NoReplyError } from '../errors/messaging.errors.js';
import { checkChannelName } from '../events/event-name.js';
import { eventOf, readReply, requestOf, type Sender } from './microservices-packets.js';

/** Options of {@link BrokerClient}. */
export interface BrokerClientOptions {
  /** Connected at the first use, and disconnected by `close()`. */
  readonly broker: MessageBroker;
  /** Where events and requests go. */
  readonly topic: string;
  /** Names this application in its events. @defaultValue 'my-app' */
  readonly source?: string;
  /** Makes the key of the data; messages of one key keep their order. @defaultValue none */
  readonly key?: (data: never, pattern: unknown) => string | undefined;
  /** Where answers come. @defaultValue the source with `.replies` */
  readonly replyTopic?: string;
  /** Milliseconds for which the next answer is waited; nobody begins with a request after that. @defaultValue 30000 */
  readonly timeoutMs?: number;
}

/** Who waits for answers to a request. */
interface Waiting {
  answered(packet: WritePacket): void;
  giveUp(): void;
}

/** Emits events and sends requests over a broker: a `ClientProxy` as those of `@nestjs/microservices`. */
export class BrokerClient extends ClientProxy {
  readonly #replyTopic: string;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<string, Waiting>();
  #connecting: Promise<void> | undefined;
  #listening: Promise<Subscription> | undefined;

  constructor(private readonly options: BrokerClientOptions) {
    super();
    checkChannelName('a topic', options.topic);
    this.#replyTopic = options.replyTopic ?? `${options.source ?? 'my-app'}.replies`;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  override async connect(): Promise<void> {
    this.#connecting ??= this.options.broker.connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  override async close(): Promise<void> {
    for (const { giveUp } of this.#waiting.values()) giveUp();
    await (await this.#listening)?.drain(0);
    this.#listening = this.#connecting = undefined;
    await this.options.broker.disconnect();
  }

  override unwrap<T>(): T {
    return this.options.broker as T;
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const { id } = this.assignPacketId(packet);
    let timer: NodeJS.Timeout | undefined;
    const finish = () => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    };
    const expect = () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, this.#timeoutMs, this.#timeoutMs);
    };
    const giveUp = (waitedMs?: number) => {
      finish();
      callback({ err: new NoReplyError(this.normalizePattern(packet.pattern), waitedMs), isDisposed: true });
    };
    const answered = (answer: WritePacket) => {
      if (answer.isDisposed) finish();
      else expect();
      callback(answer);
    };
    this.#waiting.set(id, { answered, giveUp });
    expect();
    this.#request(packet, id).catch((err: unknown) => {
      finish();
      callback({ err, isDisposed: true });
    });
    return finish;
  }

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    await this.#send(eventOf(this.normalizePattern(packet.pattern), packet, this.#sender(packet)));
    return undefined as T;
  }

  async #request(packet: ReadPacket, id: string): Promise<void> {
    await this.#listen();
    const reply = { topic: this.#replyTopic, timeoutMs: this.#timeoutMs };
    await this.#send(requestOf(this.normalizePattern(packet.pattern), { ...packet, id }, this.#sender(packet), reply));
  }

  async #listen(): Promise<void> {
    checkChannelName('a topic', this.#replyTopic);
    const request = { group: this.#replyTopic, topics: [this.#replyTopic], prefetch: 1000, visibilityMs: 60_000 };
    this.#listening ??= this.options.broker.subscribe({ ...request, ephemeral: true }, (delivery) =>
      this.#answered(delivery),
    );
    try {
      await this.#listening;
    } catch (error) {
      this.#listening = undefined;
      throw error;
    }
  }

  /** Answers for other instances of the application come too. */
  async #answered({ message, ack }: Delivery): Promise<void> {
    await ack();
    const { id, packet } = readReply(message);
    this.#waiting.get(id)?.answered(packet);
  }

  async #send(message: ReturnType<typeof eventOf>): Promise<void> {
    const [error] = (await this.options.broker.publish(this.options.topic, [message])).values();
    if (error) throw error;
  }

  #sender({ data, pattern }: ReadPacket): Sender {
    const { source = 'my-app', key } = this.options;
    return { id: randomUUID(), source, key: key?.(data as never, pattern) };
  }
}
