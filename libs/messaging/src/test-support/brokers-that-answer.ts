import { RabbitMQBroker } from '../adapters/rabbitmq.js';
import { RedisBroker } from '../adapters/redis.js';
import type { MessageBroker } from '../brokers/message-broker.js';
import { MemoryBroker } from '../brokers/memory.broker.js';
import { answers } from './broker-suite.js';

/** A kind of broker for tests that hold on each. */
export interface TestedBroker {
  readonly name: string;
  /** Brokers on the same server: of one process each, as far as they know. */
  open(): MessageBroker;
}

const memory = new MemoryBroker();

const KINDS: readonly TestedBroker[] = [
  // Within one process there is only one.
  { name: 'memory', open: () => memory },
  {
    name: 'redis',
    open: () => new RedisBroker({ url: process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/11', timeoutMs: 20_000 }),
  },
  {
    name: 'rabbitmq',
    open: () => {
      const url = process.env.TEST_RABBITMQ_URL ?? 'amqp://guest:guest@127.0.0.1:5672/';
      return new RabbitMQBroker({ url, timeoutMs: 20_000 });
    },
  },
];

/** Those whose server answers; under `REQUIRE_SERVICES=1` all must. */
export async function brokersThatAnswer(): Promise<readonly TestedBroker[]> {
  const found = await Promise.all(KINDS.map(async (kind) => ((await answers(kind.open())) ? [kind] : [])));
  return found.flat();
}
