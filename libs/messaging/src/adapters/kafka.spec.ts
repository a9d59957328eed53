import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { EventMessage } from '../envelope/event-message.js';
import { brokerForEach } from '../test-support/broker-suite.js';
import { BROKER_CASES } from '../testing/broker.conformance.js';
import { KafkaBroker } from './kafka.js';
import { PartitionOffsets } from './kafka-offsets.js';

const SERVERS = process.env.KAFKA_BOOTSTRAP_SERVERS;
/** A cluster that speaks part of the protocol only: `npm run test:kafka`. */
const MOCK = process.env.KAFKA_MOCK_SERVERS;
const servers = (SERVERS ?? MOCK ?? '').split(',');

// No service of the tests: nobody has to have it, with REQUIRE_SERVICES either.
(SERVERS || MOCK ? describe : describe.skip)('the broker on Kafka', () => {
  const suite = brokerForEach(() => new KafkaBroker({ servers }), !SERVERS);

  // Kafka does not count deliveries. The mock cluster neither makes topics nor lets two members join at once.
  const cases = BROKER_CASES.filter(({ topicAdmin, severalMembers, countsDeaths }) => {
    return !countsDeaths && (SERVERS || !(topicAdmin || severalMembers));
  });
  test.each(cases)('$title', ({ run }) => run(suite.broker, suite), 90_000);
});

describe('a cluster that does not answer', () => {
  const broker = new KafkaBroker({ servers: ['127.0.0.1:1'], timeoutMs: 300 });
  afterAll(() => broker.disconnect());

  test('is told with a code, not waited for', async () => {
    const unreachable = { code: 'MESSAGING_BROKER_UNREACHABLE' };
    const message: EventMessage = { id: randomUUID(), type: 'a.b', source: 's', time: '', data: '1', headers: {} };
    await expect(broker.connect()).rejects.toMatchObject(unreachable);
    await expect(broker.publish('t', [message])).rejects.toMatchObject(unreachable);
    await expect(broker.health()).rejects.toMatchObject(unreachable);
  });
});

test('what may be committed ends before the first record that is not dealt with', () => {
  const offsets = new PartitionOffsets();
  offsets.see(5n);
  for (const offset of [5n, 6n, 7n]) expect(offsets.begin(offset)).toBe(true);
  expect(offsets.begin(6n)).toBe(false);
  offsets.end(6n);
  expect(offsets.advance()).toBeUndefined();
  offsets.end(5n);
  // Until it is known to be committed.
  expect([offsets.advance(), offsets.advance()]).toEqual([7n, 7n]);
  offsets.committed(7n);
  expect(offsets.advance()).toBeUndefined();
  offsets.end(7n);
  expect(offsets.advance()).toBe(8n);
});

test('what a member may have died over lies within a window from where the next one begins', () => {
  const offsets = new PartitionOffsets();
  const seen = (offset: bigint) => [offsets.isNear(offset, 3), offsets.isBehindCommit(offset, 3)];
  offsets.see(5n);
  expect([seen(5n), seen(7n), seen(8n)]).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ]);
  offsets.committed(6n);
  expect(seen(8n)).toEqual([false, true]);
  offsets.handOver();
  offsets.see(100n);
  expect([seen(102n), seen(103n)]).toEqual([
    [true, true],
    [false, false],
  ]);
});
