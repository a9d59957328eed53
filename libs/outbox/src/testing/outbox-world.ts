import { CoreOrmModule, DATABASE, type Database, runInContext } from '@core-framework/orm';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { sql } from 'kysely';
import { Inbox } from '../inbox/inbox.js';
import { Outbox, type NewOutboxMessage } from '../outbox/outbox.js';
import { OutboxRelay } from '../outbox/outbox-relay.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { OutboxModule, type OutboxModuleOptions } from '../outbox.module.js';

/** An application with an outbox, on a database of a suite. */
export interface OutboxWorld {
  readonly app: INestApplicationContext;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly relay: OutboxRelay;
  readonly service: OutboxService;
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Writes one message per key, or without one, of the topic `t`. */
  write(...keys: readonly (string | undefined)[]): Promise<void>;
  /** Empties the tables. */
  clear(): Promise<void>;
}

/** @param schema 'none' where another application has made the tables. */
export async function openOutbox(
  url: string,
  options: OutboxModuleOptions = {},
  schema: 'update' | 'none' = 'update',
): Promise<OutboxWorld> {
  const module = {
    module: class OutboxTestModule {},
    imports: [CoreOrmModule.forRoot({ url, schema }), OutboxModule.forRoot(options)],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  const database = app.get<Database>(DATABASE);
  const outbox = app.get(Outbox);
  const run = <T>(work: () => Promise<T>) => runInContext(work, { database });
  return {
    app,
    database,
    outbox,
    inbox: app.get(Inbox),
    relay: app.get(OutboxRelay),
    service: app.get(OutboxService),
    run,
    write: async (...keys) => {
      await run(() => outbox.add(...keys.map((key, index) => message({ key, payload: String(index) }))));
    },
    clear: async () => {
      for (const table of ['outbox_messages', 'inbox_messages']) {
        await sql`delete from ${sql.table(table)}`.execute(database.kysely);
      }
    },
  };
}

/** A message that a test writes. */
export function message(values: Partial<NewOutboxMessage> = {}): NewOutboxMessage {
  return { channel: 'events', type: 'order.created', topic: 't', payload: '{}', ...values };
}
