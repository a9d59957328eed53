import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { EventMessage } from '../envelope/event-message.js';
import type { Delivery } from '../brokers/message-broker.js';
import { KeyLanes } from '../consuming/key-lanes.js';
import { answers, brokerForEach } from '../test-support/broker-suite.js';
import { Line } from '../test-support/line.js';
import { until } from '../testing/broker-case.js';
import { BROKER_CASES } from '../testing/broker.conformance.js';
import { chooseBroker } from '../messaging.options.js';
import { RedisBroker } from './redis.js';

const URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/11';

const make = () => new RedisBroker({ url: URL });

((await answers(make())) ? describe : describe.skip)('the broker on Redis', () => {
  const suite = brokerForEach(make);

  test.each([...BROKER_CASES])('$title', ({ run }) => run(suite.broker, suite), 40_000);

  test('streams are cut to their length, never into what a group has not been given or not acknowledged', async () => {
    const topic = `t-${randomUUID()}`;
    const small = await chooseBroker({}, { redisUrl: URL, messageStreamLength: 200 });
    const messages = Array.from({ length: 1000 }, (_, index): EventMessage => {
      return { id: String(index), type: 'a.b', source: 's', time: '', data: '1', headers: {} };
    });
    const length = async () => (await small.describeTopic(topic))?.messages ?? 0;
    const decisions: (() => Promise<void>)[] = [];
    const request = { topics: [topic], visibilityMs: 60_000 };
    const holding = await small.subscribe({ ...request, group: 'holding', prefetch: 1 }, async ({ ack }) => {
      decisions.push(ack);
    });
    await small.publish(topic, messages);
    while (decisions.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await small.publish(topic, messages);
    await small.health();
    expect(await length()).toBe(2000);
    await holding.drain(0);
    let handled = 0;
    await small.subscribe({ ...request, group: 'holding', prefetch: 500 }, async ({ ack }) => {
      await ack();
      handled += 1;
    });
    while (handled < 2000) await new Promise((resolve) => setTimeout(resolve, 5));
    await small.publish(topic, messages);
    while (handled < 3000) await new Promise((resolve) => setTimeout(resolve, 5));
    await small.publish(topic, messages);
    await small.health();
    expect(await length()).toBeLessThanOrEqual(1400);
    while (handled < 4000) await new Promise((resolve) => setTimeout(resolve, 5));
    await small.disconnect();
  });

  test('what was lost on its way to a consumer comes at once, and in the order of its key', async () => {
    await using line = await Line.to(URL);
    const [cut, topic] = [new RedisBroker({ url: line.url }), `t-${randomUUID()}`];
    const request = { topics: [topic], group: 'g', prefetch: 10, visibilityMs: 60_000 };
    const done: number[] = [];
    for (const member of [cut, suite.broker]) {
      const lanes = new KeyLanes(10);
      await member.subscribe(request, ({ message: { key, data }, ack }) =>
        lanes.run(key, async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (!done.includes(Number(data))) done.push(Number(data));
          await ack().catch(() => undefined);
        }),
      );
    }
    for (let round = 0; round < 30; round++) {
      const messages = Array.from({ length: 30 }, (_, index): EventMessage => {
        const number = round * 30 + index;
        return {
          id: randomUUID(),
          type: 'a.b',
          source: 's',
          time: '',
          data: `${number}`,
          key: `${number % 5}`,
          headers: {},
        };
      });
      await suite.broker.publish(topic, messages);
      // What it was given.
      if (round % 2 === 1)
        line.lose((answer) => answer.toString().startsWith('*3\r\n*') && answer.includes('\r\nk\r\n'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until(() => done.length === 900);
    for (let key = 0; key < 5; key++) {
      const numbers = done.filter((number) => number % 5 === key);
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    }
    await until(async () => (await suite.broker.describeTopic(topic))?.groups[0]?.lag === 0);
    await cut.disconnect();
  }, 40_000);

  test('keys of which somebody else took what was in hand are free again', async () => {
    const [topic, group, redis] = [`t-${randomUUID()}`, 'g', new Redis(URL)];
    const request = { topics: [topic], group, prefetch: 10, visibilityMs: 60_000 };
    const [came, late]: [Delivery[], string[]] = [[], []];
    const message = (data: string): EventMessage => {
      return { id: randomUUID(), type: 'a.b', source: 's', time: '', data, key: 'k', headers: {} };
    };
    await suite.broker.subscribe(request, async (delivery) => void came.push(delivery));
    await suite.broker.publish(topic, [message('1')]);
    await until(() => came.length === 1);
    const second = await suite.open();
    await second.subscribe(request, async ({ message: { data }, ack }) => {
      late.push(data);
      await ack();
    });
    // Read by the second one for sure: the first one has no room.
    const [[id] = []] = await redis.xrange(`evt:{${topic}}`, '-', '+');
    await redis.hset(`evt:{${topic}}:${group}:keys`, 'k', 'gone 1');
    await suite.broker.publish(topic, [message('2')]);
    await redis.xack(`evt:{${topic}}`, group, String(id));
    await until(() => late.includes('2') || came.length === 2);
    redis.disconnect();
    await second.disconnect();
  });

  test('what is no CloudEvent goes to the dead letters and holds nobody up', async () => {
    const [topic, group] = [`t-${randomUUID()}`, 'g'];
    const redis = new Redis(URL);
    await redis.xadd(`evt:{${topic}}`, '*', 'd', 'nonsense');
    const message: EventMessage = { id: '1', type: 'a.b', source: 's', time: '', data: '1', headers: {} };
    await suite.broker.publish(topic, [message]);
    const came: string[] = [];
    await suite.broker.subscribe({ topics: [topic], group, prefetch: 1, visibilityMs: 1000 }, async (delivery) => {
      came.push(delivery.message.id);
      await delivery.ack();
    });
    while (came.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await suite.broker.deadLetters({ topic, group }, 10)).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('no CloudEvent'), attempt: 1 }),
    ]);
    redis.disconnect();
  });
});

describe('a server that does not answer', () => {
  const broker = new RedisBroker({ url: 'redis://127.0.0.1:1', timeoutMs: 200 });
  afterAll(() => broker.disconnect());

  test('is told with a code, not waited for', async () => {
    const unreachable = { code: 'MESSAGING_BROKER_UNREACHABLE' };
    await expect(broker.connect()).rejects.toMatchObject(unreachable);
    const message: EventMessage = { id: '1', type: 'a.b', source: 's', time: '', data: '1', headers: {} };
    await expect(broker.publish('t', [message])).rejects.toMatchObject(unreachable);
    await expect(broker.health()).rejects.toMatchObject(unreachable);
  });
});
