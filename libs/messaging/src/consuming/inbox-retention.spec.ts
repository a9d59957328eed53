import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from '@jest/globals';
import { CommonModule } from '@core-framework/common';
import { CoreOrmModule, DATABASE, type Database, runInContext } from '@core-framework/orm';
import { Inbox, InboxMessage, OutboxModule } from '@core-framework/outbox';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MemoryBroker } from '../brokers/memory.broker.js';
import { Consumer } from '../decorators/consumer.decorator.js';
import { OnEvent } from '../decorators/on-event.decorator.js';
import { MessagingModule } from '../messaging.module.js';
import type { MessagingOptions } from '../messaging.options.js';
import { until } from '../testing/broker-case.js';

@Consumer('things', { topics: ['t'] })
class Things {
  @OnEvent('thing.done')
  onDone(): void {}
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-inbox-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An application that forgets at once what was handled, as far as it forgets anything. */
async function start(options: MessagingOptions): Promise<INestApplicationContext> {
  @Module({
    imports: [
      CommonModule,
      CoreOrmModule.forRoot({ url: `sqlite://${join(folder, 'app.db')}`, schema: 'update' }),
      OutboxModule.forRoot({ inboxRetentionMs: 1 }),
      MessagingModule.forRoot({ broker: new MemoryBroker(), ...options }),
      MessagingModule.forFeature([Things]),
    ],
  })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

test.each([{ outbox: false }, { relay: false }])(
  'what was handled long ago is forgotten where no relay runs: %p',
  async (options) => {
    const before = await start({ consumers: false, relay: false });
    const database = before.get<Database>(DATABASE);
    await runInContext(() => before.get(Inbox).accept('things', 'a'), { database });
    await before.close();

    const app = await start(options);
    const opened = app.get<Database>(DATABASE);
    await until(
      async () => (await runInContext(() => opened.entityManager().count(InboxMessage), { database: opened })) === 0,
    );
    await app.close();
  },
);
