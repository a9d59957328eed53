import { afterEach, expect, test } from '@jest/globals';
import { CommonModule } from '@core-framework/common';
import { CoreOrmModule, DATABASE, type Database, runInContext } from '@core-framework/orm';
import { OutboxMessage, OutboxRelay } from '@core-framework/outbox';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MemoryBroker } from '../brokers/memory.broker.js';
import type { EventMessage } from '../envelope/event-message.js';
import { EventBus } from '../event-bus.js';
import { MessagingModule } from '../messaging.module.js';

/** One that lets nobody publish to the topic `forbidden`, and nobody at all while it is away. */
class Strict extends MemoryBroker {
  readonly taken: string[] = [];
  isAway = false;

  override async publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    if (this.isAway || topic === 'forbidden') throw new Error('It may not be written to.');
    this.taken.push(...messages.map(({ type }) => type));
    return super.publish(topic, messages);
  }
}

let app: INestApplicationContext | undefined;
afterEach(() => app?.close());

test('a topic that takes nothing holds up no other', async () => {
  const broker = new Strict();
  @Module({
    imports: [
      CommonModule,
      CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
      MessagingModule.forRoot({ broker, relay: false }),
    ],
  })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  const [bus, relay, database] = [app.get(EventBus), app.get(OutboxRelay), app.get<Database>(DATABASE)];
  const attempts = () =>
    runInContext(
      async () => {
        const rows = await database.entityManager().find(OutboxMessage, {}, { orderBy: { seq: 'asc' } });
        return rows.map((row) => row.attempts);
      },
      { database, isolated: true },
    );
  await bus.publish('thing.refused', {}, { topic: 'forbidden' });
  await bus.publish('thing.done', {}, { topic: 'things' });

  broker.isAway = true;
  await expect(relay.flush()).rejects.toThrow('It may not be written to.');
  // Being away is nobody's fault.
  expect(await attempts()).toEqual([0, 0]);

  broker.isAway = false;
  expect(await relay.flush()).toBe(1);
  expect([broker.taken, await attempts()]).toEqual([['thing.done'], [1, 1]]);
});
