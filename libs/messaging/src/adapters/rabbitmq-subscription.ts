import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';
import { deliverEphemeral } from '../brokers/ephemeral-delivery.js';
import { InHand } from '../brokers/in-hand.js';
import type { DeadLetterPlace, Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';
import type { Parcel, RabbitMQConnection } from './rabbitmq-connection.js';
import { deadParcel } from './rabbitmq-dead-letters.js';
import { abandonments, ATTEMPTS_HEADER, attemptsBefore, readMessage, sentOn } from './rabbitmq-messages.js';
import { keyedQueueOf, queueOf } from './rabbitmq-names.js';
import type { RabbitMQTopology } from './rabbitmq-topology.js';

const RESTART_MS = 100;
const COME_AGAIN_MS = 1000;

/** A message on its way to whoever handles it. */
interface Arrived {
  readonly channel: Channel;
  readonly topic: string;
  readonly received: ConsumeMessage;
  readonly isKeyed: boolean;
}

/** A consumer of a group on a channel of its own, made anew whenever that ends. */
export class RabbitMQSubscription implements Subscription {
  readonly #inHand = new InHand();
  readonly #logger = new Logger('RabbitMQBroker');
  #channel: Channel | undefined;
  /** Consumers of events without a key; those of others stay, since others must not be given their next events meanwhile. */
  #tags: readonly string[] = [];
  #hasKeyed = false;
  /** For what there is no room yet, or not while it pauses. */
  #backlog: Arrived[] = [];
  #open = true;
  #paused = false;

  constructor(
    private readonly connection: RabbitMQConnection,
    private readonly topology: RabbitMQTopology,
    private readonly request: SubscribeRequest,
    private readonly handle: (delivery: Delivery) => Promise<void>,
    private readonly ended: () => void,
  ) {}

  /** How many messages of a topic it has in hand; all, when it listens to one topic. */
  inHandOf(topic: string): number {
    return this.request.topics.includes(topic) ? this.#inHand.count + this.#backlog.length : 0;
  }

  async start(): Promise<void> {
    const { topics, group, ephemeral, prefetch } = this.request;
    for (const topic of topics) {
      await (ephemeral ? this.topology.ensureTopic(topic) : this.topology.ensureGroup({ topic, group }));
    }
    const channel = await this.connection.channel();
    channel.on('close', () => this.#closed(channel));
    this.#channel = channel;
    [this.#tags, this.#hasKeyed] = [[], false];
    // RabbitMQ counts for each queue.
    await channel.prefetch(Math.max(1, Math.floor(prefetch / topics.length)));
    if (!this.#paused) await this.#consume(channel);
  }

  pause(): void {
    this.#paused = true;
    this.#giveBack();
    void this.#cancel().catch(() => undefined);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#channel) void this.#consume(this.#channel).catch(() => undefined);
    this.#next();
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#open = false;
    this.#giveBack();
    await this.#cancel().catch(() => undefined);
    await this.#inHand.emptied(timeoutMs);
    // Gives back what is not acknowledged.
    await this.#channel?.close().catch(() => undefined);
    this.ended();
  }

  async lag(): Promise<number> {
    const { topics, group, ephemeral } = this.request;
    if (ephemeral) return this.#inHand.count;
    const lags = await Promise.all(topics.map((topic) => this.topology.lag({ topic, group })));
    return lags.reduce((sum, lag) => sum + lag, this.#inHand.count + this.#backlog.length);
  }

  async #consume(channel: Channel): Promise<void> {
    const { topics, group, ephemeral } = this.request;
    const consume = async (topic: string, queue: string, isKeyed: boolean) => {
      const { consumerTag } = await channel.consume(queue, (received) => {
        // The queue was deleted.
        if (!received) void channel.close().catch(() => undefined);
        else this.#received({ channel, topic, received, isKeyed });
      });
      return consumerTag;
    };
    const tags: string[] = [];
    for (const topic of topics) {
      const queue = ephemeral ? await this.#ownQueue(channel, topic) : queueOf({ topic, group });
      tags.push(await consume(topic, queue, false));
      if (!ephemeral && !this.#hasKeyed) await consume(topic, keyedQueueOf({ topic, group }), true);
    }
    [this.#tags, this.#hasKeyed] = [tags, true];
  }

  async #ownQueue(channel: Channel, topic: string): Promise<string> {
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
    await channel.bindQueue(queue, topic, '#');
    return queue;
  }

  async #cancel(): Promise<void> {
    const [channel, tags] = [this.#channel, this.#tags];
    this.#tags = [];
    for (const tag of tags) await channel?.cancel(tag);
  }

  #giveBack(): void {
    for (const { channel, received } of this.#backlog.filter(({ isKeyed }) => !isKeyed)) channel.nack(received);
    this.#backlog = this.#backlog.filter(({ isKeyed }) => isKeyed);
  }

  #closed(channel: Channel): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#backlog = [];
    if (this.#open) void this.#restart();
  }

  async #restart(): Promise<void> {
    this.#logger.warn('The channel to RabbitMQ ended; what was in hand will come again.');
    while (this.#open) {
      await pause(RESTART_MS);
      this.topology.forget();
      try {
        await this.start();
        this.#logger.log('RabbitMQ is back.');
        return;
      } catch {
        // The connection comes back by itself.
      }
    }
    await this.#channel?.close().catch(() => undefined);
  }

  #received(arrived: Arrived): void {
    const { channel, received, isKeyed } = arrived;
    // On its way when it was said that no more is wanted: somebody else may have it, one with a key when the channel ends.
    if (!isKeyed && (this.#paused || !this.#open)) return channel.nack(received);
    // One that is given everything, and acknowledges what it has begun with.
    if (this.request.ephemeral) return this.#deliver(arrived);
    this.#backlog.push(arrived);
    this.#next();
  }

  /** Both queues of a topic give as much as is wanted of it: what is too much waits here. */
  #next(): void {
    while (this.#open && !this.#paused && this.#inHand.count < this.request.prefetch) {
      const next = this.#backlog.shift();
      if (!next) return;
      this.#deliver(next);
    }
  }

  #deliver({ channel, topic, received }: Arrived): void {
    const { group, ephemeral } = this.request;
    const attempt = attemptsBefore(received) + 1;
    let message: EventMessage;
    try {
      message = readMessage(received);
    } catch (error) {
      void this.#bury(topic, received, (error as Error).message, attempt, channel).catch(() => undefined);
      return;
    }
    if (ephemeral)
      return deliverEphemeral(topic, message, this.#inHand, (delivery) => this.#once(delivery, channel, received));
    this.#inHand.add();
    let decided = false;
    const decide = async (consequence?: () => Promise<void>) => {
      if (decided) return;
      decided = true;
      try {
        await consequence?.();
        channel.ack(received);
      } catch (error) {
        void this.#comeAgain(channel, received);
        throw error;
      } finally {
        this.#inHand.remove();
        this.#next();
      }
    };
    const place = { topic, group };
    const delivery: Delivery = {
      message,
      topic,
      attempt,
      abandoned: abandonments(received),
      ack: () => decide(),
      retry: (delayMs) =>
        decide(() =>
          this.#send(place, async () => {
            const routingKey = await this.topology.ensureDelay(place, delayMs);
            return { exchange: '', routingKey, ...sentOn(received, { [ATTEMPTS_HEADER]: attempt }) };
          }),
        ),
      deadLetter: (reason, attempts = attempt) => decide(() => this.#sendDead(place, received, reason, attempts)),
      // A message stays with whoever has it as long as the channel is open.
      extend: async () => undefined,
    };
    void this.handle(delivery).catch(() => undefined);
  }

  /** Acknowledges after the first attempt: further ones are made here. */
  async #once(delivery: Delivery, channel: Channel, received: ConsumeMessage): Promise<void> {
    try {
      await this.handle(delivery);
    } finally {
      if (delivery.attempt === 1 && this.#channel === channel) channel.ack(received);
    }
  }

  async #bury(
    topic: string,
    received: ConsumeMessage,
    reason: string,
    attempt: number,
    channel: Channel,
  ): Promise<void> {
    try {
      await this.#sendDead({ topic, group: this.request.group }, received, reason, attempt);
      channel.ack(received);
    } catch {
      await this.#comeAgain(channel, received);
    }
  }

  async #sendDead(place: DeadLetterPlace, received: ConsumeMessage, reason: string, attempts: number): Promise<void> {
    await this.#send(place, async () => deadParcel(place, received, reason, attempts));
  }

  /** Once more when that fails, with queues that are made again: somebody may have deleted one. */
  async #send(place: DeadLetterPlace, make: () => Promise<Parcel>): Promise<void> {
    const [error] = await this.connection.publish([await make()]);
    if (!error) return;
    this.topology.forget();
    await this.topology.ensureGroup(place);
    const [again] = await this.connection.publish([await make()]);
    if (again) throw again;
  }

  /** What it was decided on did not come about: it is decided on again. */
  async #comeAgain(channel: Channel, received: ConsumeMessage): Promise<void> {
    await pause(COME_AGAIN_MS);
    // A channel that has ended gave it back.
    if (this.#channel === channel) channel.nack(received);
  }
}
