import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import type { EventMessage } from '../envelope/event-message.js';
import { answers, brokerForEach } from '../test-support/broker-suite.js';
import { Line } from '../test-support/line.js';
import { until } from '../testing/broker-case.js';
import { BROKER_CASES } from '../testing/broker.conformance.js';
import { RabbitMQBroker } from './rabbitmq.js';
import { deadQueueOf, delayQueueOf, delayStep, queueOf } from './rabbitmq-names.js';

const SERVER = process.env.TEST_RABBITMQ_URL ?? 'amqp://guest:guest@127.0.0.1:5672/';

const event = (values: Partial<EventMessage> = {}): EventMessage => {
  return {
    id: randomUUID(),
    type: 'a.b',
    source: 's',
    time: new Date().toISOString(),
    data: '1',
    headers: {},
    ...values,
  };
};

const make = () => new RabbitMQBroker({ url: SERVER, timeoutMs: 20_000 });

((await answers(make())) ? describe : describe.skip)('the broker on RabbitMQ', () => {
  const suite = brokerForEach(make);

  test.each([...BROKER_CASES])('$title', ({ run }) => run(suite.broker, suite), 40_000);

  test('what is no CloudEvent goes to the dead letters and holds nobody up', async () => {
    const here = { topic: `t-${randomUUID()}`, group: 'g' };
    const came: string[] = [];
    await suite.broker.subscribe(
      { topics: [here.topic], group: 'g', prefetch: 1, visibilityMs: 1000 },
      async (delivery) => {
        came.push(delivery.message.id);
        await delivery.ack();
      },
    );
    const foreign = await connect(SERVER);
    const channel = await foreign.createConfirmChannel();
    channel.publish(here.topic, 'a.b', Buffer.from('nonsense'));
    await channel.waitForConfirms();
    await foreign.close();
    await suite.broker.publish(here.topic, [event({ id: 'good' })]);
    await until(() => came.length > 0);
    expect(came).toEqual(['good']);
    await until(async () => (await suite.broker.deadLetters(here, 10)).length > 0);
    expect(await suite.broker.deadLetters(here, 10)).toMatchObject([
      { reason: expect.stringContaining('no CloudEvent'), attempt: 1, message: { data: '"nonsense"' } },
    ]);
  });

  test('what the server refuses is told apart from one that is away', async () => {
    const topic = `t-${randomUUID()}`;
    const other = await connect(SERVER);
    const channel = await other.createChannel();
    await channel.assertExchange(topic, 'direct');
    await expect(suite.broker.createTopic(topic)).rejects.toMatchObject({
      code: 'MESSAGING_BROKER_REFUSED',
      message: expect.stringContaining('inequivalent'),
    });
    await channel.deleteExchange(topic);
    await other.close();
  });

  test('a message that is too big in its headers is refused alone', async () => {
    const [topic, heavy] = [`t-${randomUUID()}`, event({ headers: { big: 'x'.repeat(70_000) } })];
    const errors = await suite.broker.publish(topic, [event(), heavy, event()]);
    expect([...errors.keys()]).toEqual([heavy.id]);
  });

  test('an event is not lost when the queue that it goes to is gone', async () => {
    const here = { topic: `t-${randomUUID()}`, group: 'g' };
    const [first, second, third] = [event(), event(), event()];
    const came: string[] = [];
    const gone = async (queue: string) => {
      const other = await connect(SERVER);
      await (await other.createChannel()).deleteQueue(queue);
      await other.close();
    };
    await suite.broker.subscribe(
      { topics: [here.topic], group: 'g', prefetch: 1, visibilityMs: 1000 },
      async ({ message, attempt, ack, retry, deadLetter }) => {
        came.push(`${message.id} ${attempt}`);
        if (message.id === third.id) return deadLetter('hopeless');
        return attempt === 1 ? retry(100, 'not now') : ack();
      },
    );
    await suite.broker.publish(here.topic, [first]);
    await until(() => came.includes(`${first.id} 2`));
    await gone(delayQueueOf(here, delayStep(100)));
    await suite.broker.publish(here.topic, [second]);
    await until(() => came.includes(`${second.id} 2`));

    await gone(deadQueueOf(here));
    await suite.broker.publish(here.topic, [third]);
    // RabbitMQ itself may end the connection (541) of who reads from a queue that goes at that moment.
    await until(async () => (await suite.broker.deadLetters(here, 10).catch(() => [])).length > 0);

    await gone(queueOf(here));
    came.length = 0;
    // Refused until the consumer has made its queue again.
    await until(async () => (await suite.broker.replay(here).catch(() => 0)) > 0);
    await until(() => came.includes(`${third.id} 1`));
  }, 30_000);

  test('connections that are cut come back, and no event is lost', async () => {
    await using line = await Line.to(SERVER);
    const cut = new RabbitMQBroker({ url: line.url });
    const topic = `t-${randomUUID()}`;
    const came = new Set<string>();
    const request = { topics: [topic], group: 'g', prefetch: 10, visibilityMs: 1000 };
    await cut.subscribe(request, async ({ message, ack }) => {
      came.add(message.data);
      await ack();
    });
    const confirmed: string[] = [];
    for (let round = 0; round < 30; round++) {
      const message = event({ data: String(round) });
      if (round % 10 === 5) line.cut();
      await cut.publish(topic, [message]).then(
        () => confirmed.push(message.data),
        () => undefined,
      );
    }
    expect(confirmed.length).toBeGreaterThan(20);
    await until(() => confirmed.every((data) => came.has(data)));
    await cut.disconnect();
  }, 30_000);
});

test('delays have few steps, of which none is shorter than what was asked for', () => {
  const steps = new Set<number>();
  for (let delay = 1; delay < 3_600_000; delay = Math.ceil(delay * 1.01)) {
    const step = delayStep(delay);
    expect([step >= delay, step <= Math.max(10, delay * 1.2 + 1)]).toEqual([true, true]);
    steps.add(step);
  }
  expect(steps.size).toBeLessThan(75);
});

describe('a server that does not answer', () => {
  const broker = new RabbitMQBroker({ url: 'amqp://127.0.0.1:1', timeoutMs: 200 });
  afterAll(() => broker.disconnect());

  test('is told with a code, not waited for', async () => {
    const unreachable = { code: 'MESSAGING_BROKER_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') };
    await expect(broker.connect()).rejects.toMatchObject(unreachable);
    await expect(broker.publish('t', [event()])).rejects.toMatchObject(unreachable);
    await expect(broker.health()).rejects.toMatchObject(unreachable);
  });
});
