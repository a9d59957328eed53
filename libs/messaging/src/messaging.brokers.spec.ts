import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommonModule } from '@core-framework/common';
import { CoreOrmModule, type SqlEntityManager } from '@core-framework/orm';
import { OutboxRelay, OutboxService } from '@core-framework/outbox';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RabbitMQBroker } from './adapters/rabbitmq.js';
import { RedisBroker } from './adapters/redis.js';
import type { MessageBroker } from './brokers/message-broker.js';
import { MemoryBroker } from './brokers/memory.broker.js';
import { Consumer } from './decorators/consumer.decorator.js';
import { OnEvent } from './decorators/on-event.decorator.js';
import { EventBus } from './event-bus.js';
import type { CoreEvent } from './events/core-event.js';
import { MessagingModule } from './messaging.module.js';
import { chooseBroker, MESSAGE_BROKER, type MessagingOptions } from './messaging.options.js';
import { until } from './testing/broker-case.js';
import { brokersThatAnswer } from './test-support/brokers-that-answer.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** An application with one consumer of a topic of its own. */
async function start(
  options: () => MessagingOptions,
  { transaction = true, url = 'sqlite://:memory:', topic = `t-${randomUUID()}` } = {},
) {
  const heard: string[] = [];
  @Consumer('heard', { topics: [topic], retryDelayMs: 1, transaction })
  class Heard {
    @OnEvent('thing.*')
    onThing({ name, data, attempt }: CoreEvent, em: SqlEntityManager): void {
      expect(em.isInTransaction()).toBe(transaction);
      heard.push(`${name} ${JSON.stringify(data)} ${attempt}`);
      if (attempt === 1) throw new Error('once more');
    }
  }
  @Module({
    imports: [
      CommonModule,
      CoreOrmModule.forRoot({ url, schema: 'update' }),
      MessagingModule.forRootAsync({ useFactory: async () => options() }),
      MessagingModule.forFeature([Heard]),
    ],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  closing.push(() => app.close());
  const broker = app.get<MessageBroker>(MESSAGE_BROKER);
  return { app, broker, bus: app.get(EventBus), heard, topic };
}

describe.each([...(await brokersThatAnswer())])('an application over $name', ({ name, open }) => {
  test('publishes through its outbox, consumes, tries again', async () => {
    const { bus, heard, topic } = await start(() => ({ broker: open() }));
    closing.push(async () => {
      const cleaner = open();
      await cleaner.connect();
      await cleaner.deleteTopic(topic);
      await cleaner.disconnect();
    });
    await bus.publish('thing.happened', { n: 1 }, { topic });
    await until(() => heard.length === 2);
    expect(heard).toEqual(['thing.happened {"n":1} 1', 'thing.happened {"n":1} 2']);
  });

  test('keeps what is published for consumers that no process runs yet', async () => {
    if (name === 'memory') return;
    const topic = `t-${randomUUID()}`;
    closing.push(async () => {
      const cleaner = open();
      await cleaner.connect();
      await cleaner.deleteTopic(topic);
      await cleaner.disconnect();
    });
    const api = await start(() => ({ broker: open(), consumers: false }), { topic });
    await api.bus.publish('thing.happened', { n: 1 }, { topic });
    await until(async () => (await api.app.get(OutboxService).status()).pending === 0);
    const { heard } = await start(() => ({ broker: open() }), { topic });
    await until(() => heard.length > 0);
    expect(heard[0]).toBe('thing.happened {"n":1} 1');
  });

  test('is not needed to use the broker', async () => {
    const [broker, topic] = [open(), `t-${randomUUID()}`];
    await broker.connect();
    closing.push(async () => {
      await broker.deleteTopic(topic);
      await broker.disconnect();
    });
    const came: string[] = [];
    await broker.subscribe(
      { topics: [topic], group: 'g', prefetch: 10, visibilityMs: 1000 },
      async ({ message, ack }) => {
        came.push(message.data);
        await ack();
      },
    );
    const time = new Date().toISOString();
    await broker.publish(topic, [{ id: randomUUID(), type: 'a.b', source: 's', time, data: '{"n":1}', headers: {} }]);
    await until(() => came.length === 1);
    expect(came).toEqual(['{"n":1}']);
  });
});

test('without a relay events stay in the outbox until somebody takes them out', async () => {
  const { app, bus, heard, topic } = await start(() => ({ broker: new MemoryBroker(), relay: false }));
  await bus.publish('thing.happened', {}, { topic });
  const relay = app.get(OutboxRelay);
  expect([relay.isRunning, heard]).toEqual([false, []]);
  expect(await relay.flush()).toBe(1);
  await until(() => heard.length === 2);
});

test('what waits in the outbox leaves where none is written to any more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'core-messaging-'));
  closing.push(() => rm(folder, { recursive: true }));
  const where = { url: `sqlite://${folder}/app.db`, topic: 'things' };
  const before = await start(() => ({ broker: new MemoryBroker(), relay: false }), where);
  await before.bus.publish('thing.happened', { n: 1 }, { topic: where.topic });
  await before.app.close();
  const { heard } = await start(() => ({ broker: new MemoryBroker(), outbox: false }), where);
  await until(() => heard.length > 0);
  expect(heard[0]).toBe('thing.happened {"n":1} 1');
});

test('a consumer may do without a transaction', async () => {
  const { bus, heard, topic } = await start(() => ({ broker: new MemoryBroker() }), {
    transaction: false,
  });
  await bus.publish('thing.happened', {}, { topic });
  await until(() => heard.length > 1);
  expect(heard).toEqual(['thing.happened {} 1', 'thing.happened {} 2']);
});

describe('an application does not start', () => {
  test.each<[string, () => MessagingOptions, object]>([
    [
      'where its Redis has no such database',
      () => ({ broker: new RedisBroker({ url: 'redis://127.0.0.1:6379/99' }) }),
      { code: 'MESSAGING_BROKER_REFUSED', message: expect.stringContaining('DB index is out of range') },
    ],
    [
      'where its RabbitMQ does not know who it is',
      () => ({ broker: new RabbitMQBroker({ url: 'amqp://guest:wrong@127.0.0.1:5672/', timeoutMs: 500 }) }),
      { code: 'MESSAGING_BROKER_REFUSED', message: expect.stringContaining('ACCESS_REFUSED') },
    ],
    [
      'where its RabbitMQ has no such virtual host',
      () => ({ broker: new RabbitMQBroker({ url: 'amqp://guest:guest@127.0.0.1:5672/nope', timeoutMs: 500 }) }),
      { code: 'MESSAGING_BROKER_REFUSED', message: expect.stringContaining('virtual host') },
    ],
    [
      'where the address is that of another kind of server',
      () => ({ broker: new RabbitMQBroker({ url: 'redis://127.0.0.1:6379/' }) }),
      { code: 'MESSAGING_BROKER_CHOICE', message: expect.stringContaining('redis://') },
    ],
    [
      'where the address is not set',
      () => ({ broker: new RedisBroker({ url: process.env['NOWHERE_SET'] as string }) }),
      { code: 'MESSAGING_BROKER_CHOICE', message: expect.stringContaining('is not set') },
    ],
  ])('%s', async (_case, options, expected) => {
    await expect(start(options)).rejects.toMatchObject(expected);
  });
});

describe('the broker of an application', () => {
  test.each([
    ['redis', { redisUrl: 'redis://127.0.0.1:1' }],
    ['rabbitmq', { rabbitmqUrl: 'amqp://127.0.0.1:1' }],
    ['kafka', { kafkaBootstrapServers: ['127.0.0.1:1'] }],
    ['memory', {}],
    ['memory', { messageBroker: 'memory', redisUrl: 'redis://127.0.0.1:1' }],
  ])('is %s with the settings %j', async (name, settings) => {
    const broker = await chooseBroker({}, settings);
    closing.push(() => broker.disconnect());
    expect(broker.name).toBe(name);
  });

  test.each(['ioredis', 'amqplib', '@platformatic/kafka'])('says which package it needs: %s', async (client) => {
    const broker = { ioredis: 'redis', amqplib: 'rabbitmq', '@platformatic/kafka': 'kafka' }[client];
    const program = `
      import { registerHooks } from 'node:module';
      // As if it was asked for from a place where it is not installed.
      registerHooks({
        resolve: (name, context, next) =>
          next(name, name === '${client}' ? { ...context, parentURL: 'file:///nowhere/a.mjs' } : context),
      });
      const { chooseBroker } = await import('./libs/messaging/src/messaging.options.ts');
      const error = await chooseBroker({ broker: '${broker}' }).catch((error) => error);
      console.log(JSON.stringify([error.code, error.message, error.fix]));
    `;
    const loader = ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...loader, '--import', 'reflect-metadata', '--input-type=module', '--eval', program],
      { cwd: new URL('../../../', import.meta.url) },
    );
    expect(JSON.parse(stdout)).toEqual([
      'MESSAGING_PACKAGE_MISSING',
      `The broker "${broker}" is chosen, but its client is not installed.`,
      `npm install ${client}`,
    ]);
  });

  test.each([
    ['several addresses', { redisUrl: 'redis://127.0.0.1:1', rabbitmqUrl: 'amqp://127.0.0.1:1' }],
    ['none in production', { isProduction: true }],
    ['memory in production', { isProduction: true, messageBroker: 'memory' }],
  ])('cannot be told: %s', async (_case, settings) => {
    await expect(chooseBroker({}, settings)).rejects.toMatchObject({ code: 'MESSAGING_BROKER_CHOICE' });
  });
});
