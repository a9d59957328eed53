import { randomUUID } from 'node:crypto';
import { RabbitMQBroker } from '@core-framework/messaging/rabbitmq';
import { describe, expect, test } from '@jest/globals';
import { RabbitMqServer } from './reliability/brokers/rabbitmq-server.js';

const start = () => RabbitMqServer.start('max_message_size = 65536');

const event = (data: string, headers: Readonly<Record<string, string>> = {}) => {
  return { id: randomUUID(), type: 'thing.happened', source: 's', time: new Date().toISOString(), data, headers };
};
const tooLarge = () => event(JSON.stringify('x'.repeat(100_000)));

describe('a RabbitMQ that takes small messages only', () => {
  test('refuses what is too large, and that alone', async () => {
    await using server = await start();
    if (!server && process.env.REQUIRE_SERVICES !== '1') return;
    const broker = new RabbitMQBroker({ url: server?.env['RABBITMQ_URL'] ?? '' });
    const came: string[] = [];
    await broker.connect();
    await broker.subscribe({ topics: ['t'], group: 'g', prefetch: 10, visibilityMs: 1000 }, async (delivery) => {
      came.push(delivery.message.data);
      await delivery.ack();
    });

    // While another one, of which nothing is too large, is on its way over the same connection.
    const beside = broker.publish('t', [event('"beside"')]);
    const batch = [event('1'), tooLarge(), event('2'), event('3'), tooLarge(), event('4')];
    const errors = await broker.publish('t', batch);
    expect(batch.filter(({ id }) => errors.has(id))).toEqual([batch[1], batch[4]]);
    for (const error of errors.values()) {
      expect(error).toMatchObject({
        code: 'MESSAGING_BROKER_REFUSED',
        message: expect.stringContaining('larger than'),
      });
    }
    expect((await beside).size).toBe(0);

    // Alone they are refused too: that is not what a server does that is away.
    for (const one of [tooLarge(), event('5', { big: 'x'.repeat(70_000) })]) {
      const refused = await broker.publish('t', [one]);
      expect(refused.get(one.id)).toMatchObject({ code: 'MESSAGING_BROKER_REFUSED' });
    }
    await broker.publish('t', [event('"last"')]);
    for (const end = Date.now() + 10_000; !came.includes('"last"') && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...new Set(came)].toSorted()).toEqual(['"beside"', '"last"', '1', '2', '3', '4']);
    await broker.disconnect();
  }, 60_000);
});
