import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';
import { deliverEphemeral } from '../brokers/ephemeral-delivery.js';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';
import type { Parcel, RabbitMQConnection } from './rabbitmq-connection.js';
import { deadParcel } from './rabbitmq-dead-letters.js';
import { abandonments, ATTEMPTS_HEADER, attemptsBefore, readMessage, sentOn } from './rabbitmq-messages.js';
import { queueOf } from './rabbitmq-names.js';
import type { RabbitMQTopology } from './rabbitmq-topology.js';

const RESTART_MS = 100;

/** A consumer of a group on a channel of its own, made anew whenever that ends. */
export class RabbitMQSubscription implements Subscription {
  readonly #inHand = new InHand();
  readonly #logger = new Logger('RabbitMQBroker');
  #channel: Channel | undefined;
  #tags: readonly string[] = [];
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
    return this.request.topics.includes(topic) ? this.#inHand.count : 0;
  }

  async start(): Promise<void> {
    const { topics, group, ephemeral, prefetch } = this.request;
    for (const topic of topics) {
      await (ephemeral ? this.topology.ensureTopic(topic) : this.topology.ensureGroup({ topic, group }));
    }
    const channel = await this.connection.channel();
    channel.on('close', () => this.#closed(channel));
    this.#channel = channel;
    // RabbitMQ counts for each queue.
    await channel.prefetch(Math.max(1, Math.floor(prefetch / topics.length)));
    if (!this.#paused) await this.#consume(channel);
  }

  pause(): void {
    this.#paused = true;
    void this.#cancel().catch(() => undefined);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#channel) void this.#consume(this.#channel).catch(() => undefined);
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#open = false;
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
    return lags.reduce((sum, lag) => sum + lag, this.#inHand.count);
  }

  async #consume(channel: Channel): Promise<void> {
    const { topics, group, ephemeral } = this.request;
    const tags: string[] = [];
    for (const topic of topics) {
      const queue = ephemeral ? await this.#ownQueue(channel, topic) : queueOf({ topic, group });
      const { consumerTag } = await channel.consume(queue, (received) => {
        // The queue was deleted.
        if (!received) void channel.close().catch(() => undefined);
        else this.#received(channel, topic, received);
      });
      tags.push(consumerTag);
    }
    this.#tags = tags;
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

  #closed(channel: Channel): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
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

  #received(channel: Channel, topic: string, received: ConsumeMessage): void {
    // On its way when it was said that no more is wanted: somebody else may have it.
    if (this.#paused || !this.#open) return channel.nack(received);
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
      } finally {
        this.#inHand.remove();
      }
    };
    const delivery: Delivery = {
      message,
      topic,
      attempt,
      abandoned: abandonments(received),
      ack: () => decide(),
      retry: (delayMs) =>
        decide(async () => {
          const routingKey = await this.topology.ensureDelay({ topic, group }, delayMs);
          await this.#send({ exchange: '', routingKey, ...sentOn(received, { [ATTEMPTS_HEADER]: attempt }) });
        }),
      deadLetter: (reason) => decide(() => this.#send(deadParcel({ topic, group }, received, reason, attempt))),
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
    await this.#send(deadParcel({ topic, group: this.request.group }, received, reason, attempt));
    channel.ack(received);
  }

  async #send(parcel: Parcel): Promise<void> {
    const [error] = await this.connection.publish([parcel]);
    if (error) throw error;
  }
}
