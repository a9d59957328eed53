import { connect } from 'amqplib';
import { measured, type Measured } from './measured.js';
import { type RawClient, sampleEvent } from './measured-brokers.js';

const QUEUE = 'bench:messaging:raw';

/** A quorum queue of RabbitMQ with amqplib alone. */
export class RawRabbitMQ implements RawClient {
  constructor(private readonly url: string) {}

  async publish(events: number): Promise<Measured> {
    const connection = await connect(this.url, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    const figure = await measured('raw client: publish', events, async () => {
      for (let sent = 0; sent < events; sent += 200) {
        for (let index = sent; index < sent + 200; index++) {
          channel.sendToQueue(QUEUE, Buffer.from(JSON.stringify(sampleEvent(index))), { persistent: true });
        }
        await channel.waitForConfirms();
      }
    });
    await connection.close();
    return figure;
  }

  async consume(events: number): Promise<Measured> {
    const connection = await connect(this.url, { noDelay: true });
    const channel = await connection.createChannel();
    await channel.prefetch(100);
    const figure = await measured('raw client: consume', events, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let taken = 0;
      await channel.consume(QUEUE, (message) => {
        if (!message) return;
        JSON.parse(message.content.toString());
        channel.ack(message);
        taken += 1;
        if (taken === events) resolve();
      });
      await promise;
    });
    await channel.deleteQueue(QUEUE);
    await connection.close();
    return figure;
  }
}
