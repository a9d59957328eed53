import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { MultipleErrors, ProtocolError } from '@platformatic/kafka';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { EventMessage } from '../envelope/event-message.js';
import { brokerForEach } from '../test-support/broker-suite.js';
import { BROKER_CASES } from '../testing/broker.conformance.js';
import { KafkaBroker, type KafkaBrokerOptions } from './kafka.js';
import { refusalOf } from './kafka-clients.js';
import { PartitionOffsets } from './kafka-offsets.js';

const SERVERS = process.env.KAFKA_BOOTSTRAP_SERVERS;
/** A cluster that speaks part of the protocol only: `npm run test:kafka`. */
const MOCK = process.env.KAFKA_MOCK_SERVERS;
const servers = (SERVERS ?? MOCK ?? '').split(',');

const TLS_HANDSHAKE = 0x16;
/** Requests of the protocol. */
const [VERSIONS, METADATA, SASL_HANDSHAKE, SASL_AUTHENTICATE] = [18, 3, 17, 36];

/** The answer to the question for versions, in its third form. */
function spokenVersions(correlation: Buffer): Buffer {
  const keys = [VERSIONS, METADATA, SASL_HANDSHAKE, SASL_AUTHENTICATE];
  // Of each its number, the first and the last version, and no tags.
  const spoken = keys.flatMap((key) => [0, key, 0, 0, 0, key === METADATA ? 12 : 1, 0]);
  const body = Buffer.from([...correlation, 0, 0, keys.length + 1, ...spoken, 0, 0, 0, 0, 0]);
  return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
}

// No service of the tests: nobody has to have it, with REQUIRE_SERVICES either.
(SERVERS || MOCK ? describe : describe.skip)('the broker on Kafka', () => {
  const suite = brokerForEach(() => new KafkaBroker({ servers }), !SERVERS);

  // Kafka does not count deliveries. The mock cluster neither makes topics nor lets two members join at once.
  const cases = BROKER_CASES.filter(({ topicAdmin, severalMembers, countsDeaths }) => {
    return !countsDeaths && (SERVERS || !(topicAdmin || severalMembers));
  });
  test.each(cases)('$title', ({ run }) => run(suite.broker, suite), 90_000);

  test('makes a topic in the shape that is asked for, or not at all', async () => {
    const made = suite.broker.createTopic(`t-${randomUUID()}`, { replicationFactor: 1000 });
    await expect(made).rejects.toMatchObject({ code: 'MESSAGING_BROKER_REFUSED' });
  });
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

describe('the way to a cluster', () => {
  /** What a client says first, and then, to whoever answers only what it speaks. */
  async function words(options: Partial<KafkaBrokerOptions>, count: number): Promise<readonly Buffer[]> {
    const heard: Buffer[] = [];
    const all = Promise.withResolvers<void>();
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (words) => {
          heard.push(words);
          if (heard.length === count) all.resolve();
          else socket.write(spokenVersions(words.subarray(8, 12)));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const broker = new KafkaBroker({ servers: [`127.0.0.1:${port}`], timeoutMs: 300, ...options });
    const connected = broker.connect().catch(() => undefined);
    await all.promise;
    server.close();
    await connected;
    await broker.disconnect();
    return heard;
  }

  test('is encrypted where that is asked for', async () => {
    const [plain] = await words({}, 1);
    const [encrypted] = await words({ tls: {} }, 1);
    expect([plain?.[0], encrypted?.[0]]).toEqual([0, TLS_HANDSHAKE]);
  });

  test('begins with who this is', async () => {
    const sasl = { mechanism: 'PLAIN', username: 'u', password: 'p' } as const;
    const asked = await words({ sasl }, 2);
    // After the length of the request.
    expect(asked.map((request) => request.readInt16BE(4))).toEqual([VERSIONS, SASL_HANDSHAKE]);
  });
});

test('what a server refuses is told apart from one that is away', () => {
  const of = (id: 'TOPIC_AUTHORIZATION_FAILED' | 'NOT_LEADER_OR_FOLLOWER') =>
    new MultipleErrors('It failed.', [new ProtocolError(id)]);
  expect(refusalOf(of('TOPIC_AUTHORIZATION_FAILED'))).toBe('Topic authorization failed.');
  expect(refusalOf(of('NOT_LEADER_OR_FOLLOWER'))).toBeUndefined();
  expect(refusalOf(new Error('no answer'))).toBeUndefined();
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
