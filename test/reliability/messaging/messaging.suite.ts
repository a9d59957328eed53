import { createTestDatabase } from '@core-framework/testing';
import type { BrokerServer } from '../brokers/broker-server.js';
import { KafkaServer } from '../brokers/kafka-server.js';
import { RabbitMqServer } from '../brokers/rabbitmq-server.js';
import { RedisServer } from '../brokers/redis-server.js';
import type { FaultOptions, FaultSuite, FaultTest } from '../fault-test.js';
import { brokerAway, type BrokerFault, brokerKilled, brokerStopped } from './broker-faults.js';
import { consumerKilled, deliveredTwice, orderKept, poisonKills, poisonThrows } from './consumer-faults.js';
import { LedgerWorld } from './ledger-world.js';
import { drained, overloaded } from './load-faults.js';
import { relayKilled, relayNotWoken, rolledBack } from './relay-faults.js';

/** Faults that every broker has to stand. */
const FAULTS: readonly (readonly [name: string, fault: string, run: BrokerFault])[] = [
  ['broker-stopped', 'the broker is stopped under load, for two seconds', brokerStopped],
  ['broker-killed', 'the broker is killed (-9) under load, for two seconds', brokerKilled],
  ['broker-away', 'the broker is not there when events are published', brokerAway],
  ['consumer-killed', 'a consumer with 20 events in hand is killed (-9)', consumerKilled],
  ['order-kept', 'one of several consumers of few keys is killed (-9), some events fail at first', orderKept],
  ['delivered-twice', 'every event is delivered three times', deliveredTwice],
  ['poison-throws', 'an event fails each time', poisonThrows],
  ['poison-kills', 'an event kills whoever handles it', poisonKills],
  ['relay-killed', 'relays are killed (-9) again and again', relayKilled],
  ['relay-not-woken', 'whoever committed is killed before a relay knows of it', relayNotWoken],
  ['rolled-back', 'the transaction that published is taken back', rolledBack],
  ['drained', 'a consumer with 10 events in work and 20 in hand is told to end', drained],
  ['overloaded', 'events come faster than they are handled', overloaded],
];

const BROKERS: Readonly<Record<string, () => Promise<BrokerServer | undefined>>> = {
  redis: () => RedisServer.start(),
  rabbitmq: () => RabbitMqServer.start(),
  kafka: () => KafkaServer.start(),
};

/** Opens the tests of events, with brokers of their own. */
export async function open({ scale, on }: FaultOptions): Promise<FaultSuite> {
  const database = await reachableDatabase();
  const missing: string[] = [];
  const tests: FaultTest[] = [];
  const resources = new AsyncDisposableStack();
  for (const [name, start] of Object.entries(BROKERS)) {
    if (on.length > 0 && !on.includes(name)) continue;
    const server = await start();
    if (!server) {
      missing.push(name);
      continue;
    }
    resources.use(server);
    for (const [fault, description, run] of FAULTS) {
      tests.push({
        name: fault,
        fault: description,
        on: name,
        run: async () => {
          await using world = await LedgerWorld.open(database, {
            name,
            env: server.env,
            describesTopics: name !== 'kafka',
          });
          return await run(world, scale, server);
        },
      });
    }
  }
  return { tests, missing, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** PostgreSQL where it answers, else files of SQLite. */
async function reachableDatabase(): Promise<string> {
  const server = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
  try {
    await (await createTestDatabase(server))[Symbol.asyncDispose]();
    return server;
  } catch (error) {
    if (process.env.REQUIRE_SERVICES === '1') throw error;
    return 'sqlite://';
  }
}
