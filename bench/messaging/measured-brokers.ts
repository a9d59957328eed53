import { randomUUID } from 'node:crypto';
import { type EventMessage, MemoryBroker, type MessageBroker } from '@core-framework/messaging';
import { KafkaBroker } from '@core-framework/messaging/kafka';
import { RabbitMQBroker } from '@core-framework/messaging/rabbitmq';
import { RedisBroker } from '@core-framework/messaging/redis';
import type { Measured } from './measured.js';
import { RawKafka } from './raw-kafka.js';
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

/** One that is not measured. */
export interface LeftOut {
  readonly broker: string;
  readonly notMeasured: string;
}

/** Those whose server answers, of those asked for, and why the others are left out. */
export async function brokersToMeasure(
  only: readonly string[],
): Promise<{ readonly measured: readonly MeasuredBroker[]; readonly leftOut: readonly LeftOut[] }> {
  const all: readonly (MeasuredBroker | LeftOut)[] = [
    { name: 'memory', open: () => new MemoryBroker() },
    { name: 'redis', open: () => new RedisBroker({ url: REDIS }), raw: new RawRedis(REDIS) },
    { name: 'rabbitmq', open: () => new RabbitMQBroker({ url: RABBITMQ }), raw: new RawRabbitMQ(RABBITMQ) },
    kafka(),
  ];
  const wanted = all.filter((one) => {
    const name = 'name' in one ? one.name : one.broker;
    return only.length === 0 || only.some((part) => name.includes(part));
  });
  const measured: MeasuredBroker[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of wanted) {
    const notMeasured = 'name' in one ? await refusal(one) : one.notMeasured;
    if ('name' in one && notMeasured === undefined) measured.push(one);
    else leftOut.push({ broker: 'name' in one ? one.name : one.broker, notMeasured: notMeasured ?? '' });
  }
  return { measured, leftOut };
}

/** Nobody has a Kafka by chance: it is measured where somebody says which one. */
function kafka(): MeasuredBroker | LeftOut {
  const { KAFKA_BOOTSTRAP_SERVERS: own = '', KAFKA_MOCK_SERVERS: mock = '' } = process.env;
  const servers = (own || mock).split(',').filter(Boolean);
  if (servers.length === 0) return { broker: 'kafka', notMeasured: 'KAFKA_BOOTSTRAP_SERVERS is not set' };
  const name = own ? 'kafka' : 'kafka (mock)';
  return { name, open: () => new KafkaBroker({ servers }), raw: new RawKafka(servers) };
}

/** Why a broker cannot be measured. */
async function refusal({ open }: MeasuredBroker): Promise<string | undefined> {
  const broker = open();
  try {
    await broker.connect();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await broker.disconnect();
  }
}
