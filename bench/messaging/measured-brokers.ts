import { randomUUID } from 'node:crypto';
import { type EventMessage, MemoryBroker, type MessageBroker } from '@core-framework/messaging';
import { RabbitMQBroker } from '@core-framework/messaging/rabbitmq';
import { RedisBroker } from '@core-framework/messaging/redis';
import type { Measured } from './measured.js';
import { RawRabbitMQ } from './raw-rabbitmq.js';
import { RawRedis } from './raw-redis.js';

/** What the client of a broker does by itself. */
export interface RawClient {
  /** Publishes in batches of 200, waiting for the server to have each. */
  publish(events: number): Promise<Measured>;
  /** Reads 100 at a time, parses and acknowledges. */
  consume(events: number): Promise<Measured>;
}

export interface MeasuredBroker {
  readonly name: string;
  open(): MessageBroker;
  readonly raw?: RawClient;
}

const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/12';
const RABBITMQ = process.env.TEST_RABBITMQ_URL ?? 'amqp://guest:guest@127.0.0.1:5672/';

/** An event of common size. */
export function sampleEvent(number: number): EventMessage {
  const data = JSON.stringify({
    id: number,
    email: `user-${number}@example.com`,
    name: 'A name of usual length',
    plan: 'free',
  });
  return { id: randomUUID(), type: 'user.created', source: 'bench', time: new Date().toISOString(), data, headers: {} };
}

/** Those whose server answers. */
export async function brokersToMeasure(): Promise<readonly MeasuredBroker[]> {
  const all: readonly MeasuredBroker[] = [
    { name: 'memory', open: () => new MemoryBroker() },
    { name: 'redis', open: () => new RedisBroker({ url: REDIS }), raw: new RawRedis(REDIS) },
    { name: 'rabbitmq', open: () => new RabbitMQBroker({ url: RABBITMQ }), raw: new RawRabbitMQ(RABBITMQ) },
  ];
  const answers = await Promise.all(
    all.map(async (one) => {
      const broker = one.open();
      try {
        await broker.connect();
        return [one];
      } catch (error) {
        console.error(`${one.name} is not measured: ${(error as Error).message}`);
        return [];
      } finally {
        await broker.disconnect();
      }
    }),
  );
  return answers.flat();
}
