import { randomUUID } from 'node:crypto';
import { Consumer, ProduceAcks, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { measured, type Measured } from './measured.js';
import { type RawClient, sampleEvent } from './measured-brokers.js';

/** A topic of Kafka with @platformatic/kafka alone. */
export class RawKafka implements RawClient {
  #topic = '';
  readonly #client: { readonly clientId: string; readonly bootstrapBrokers: string[] };

  constructor(servers: readonly string[]) {
    this.#client = { clientId: 'bench', bootstrapBrokers: [...servers] };
  }

  async publish(events: number): Promise<Measured> {
    this.#topic = `bench-messaging-raw-${randomUUID()}`;
    const producer = new Producer({ ...this.#client, serializers: stringSerializers, autocreateTopics: true });
    // The first one makes the topic.
    const send = (values: readonly string[]) =>
      producer.send({ messages: values.map((value) => ({ topic: this.#topic, value })), acks: ProduceAcks.ALL });
    await send([JSON.stringify(sampleEvent(0))]);
    const figure = await measured('raw client: publish', events, async () => {
      for (let sent = 0; sent < events; sent += 200)
        await send(Array.from({ length: 200 }, (_, index) => JSON.stringify(sampleEvent(sent + index))));
    });
    await producer.close();
    return figure;
  }

  async consume(events: number): Promise<Measured> {
    const options = { groupId: this.#topic, deserializers: stringDeserializers, autocommit: false };
    const consumer = new Consumer({ ...this.#client, ...options });
    const stream = await consumer.consume({
      topics: [this.#topic],
      mode: 'committed',
      fallbackMode: 'earliest',
      maxWaitTime: 100,
    });
    const read = stream[Symbol.asyncIterator]();
    // Joining the group is not meant.
    await read.next();
    const figure = await measured('raw client: consume', events, async () => {
      const next = new Map<number, bigint>();
      for (let taken = 1; taken <= events; taken++) {
        const { value: message } = await read.next();
        if (!message) throw new Error('The stream has ended.');
        const { partition, offset, value } = message;
        JSON.parse(value);
        next.set(partition, offset + 1n);
        if (taken % 100 > 0) continue;
        const place = { topic: this.#topic, leaderEpoch: -1 };
        await consumer.commit({
          offsets: [...next].map(([index, at]) => ({ ...place, partition: index, offset: at })),
        });
        next.clear();
      }
    });
    await stream.close();
    await consumer.close(true);
    return figure;
  }
}
