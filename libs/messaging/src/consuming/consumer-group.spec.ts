import { afterEach, describe, expect, test } from '@jest/globals';
import { CoreOrmModule, DATABASE, type Database } from '@core-framework/orm';
import { Inbox, OutboxModule } from '@core-framework/outbox';
import { PayloadSchemaRegistry } from '@core-framework/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { PayloadReader } from '../payloads/payload-reader.js';
import { ConsumerGroup } from './consumer-group.js';

type Handle = (delivery: Delivery) => Promise<void>;

/** A broker that gives out what a test tells it to. */
class Script {
  handle: Handle = async () => undefined;
  readonly decisions: string[] = [];
  readonly subscription: Subscription = {
    pause: () => void this.decisions.push('pause'),
    resume: () => undefined,
    drain: async () => void this.decisions.push('drain'),
    lag: async () => 0,
  };

  get broker(): MessageBroker {
    const subscribe = async (_request: unknown, handle: Handle) => {
      this.handle = handle;
      return this.subscription;
    };
    return { subscribe } as unknown as MessageBroker;
  }

  give(id: string, { attempt = 1, abandoned = 0, suspect = false } = {}): Promise<void> {
    const note = (what: string) => async () => void this.decisions.push(`${what} ${id}`);
    return this.handle({
      message: { id, type: 'thing.done', source: 's', time: '', data: 'null', headers: {} },
      topic: 't',
      attempt,
      abandoned,
      suspect,
      ack: note('ack'),
      retry: note('retry'),
      deadLetter: async (reason) => void this.decisions.push(`dead ${id}: ${reason}`),
      extend: note('extend'),
    });
  }
}

const apps: INestApplicationContext[] = [];
const groups: ConsumerGroup[] = [];
afterEach(async () => {
  for (const group of groups.splice(0)) await group.drain(0);
  for (const app of apps.splice(0)) await app.close();
});

async function start(call: (id: string) => Promise<void>, retry = 2) {
  class TestModule {}
  const module = {
    module: TestModule,
    imports: [CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }), OutboxModule.forConnection()],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  apps.push(app);
  const options = {
    group: 'g',
    topics: ['t'],
    retry,
    retryDelayMs: 1,
    concurrency: 4,
    prefetch: 8,
    visibilityMs: 60_000,
  };
  const handler = { name: 'h', pattern: 'thing.done', matches: () => true, topics: ['t'], payload: undefined };
  const group = new ConsumerGroup(
    { ...options, inbox: true, transaction: true },
    [{ ...handler, takesManager: false, call: async ({ id }) => call(id) }],
    {
      database: app.get<Database>(DATABASE),
      inbox: app.get(Inbox),
      payloads: new PayloadReader(new PayloadSchemaRegistry()),
    },
  );
  groups.push(group);
  const script = new Script();
  await group.start(script.broker);
  return { group, script };
}

describe('events that were given out before and nobody said what became of them', () => {
  test('are tried one at a time', async () => {
    let [running, most] = [0, 0];
    const { script } = await start(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    await Promise.all(['a', 'b', 'c'].map((id) => script.give(id, { attempt: 2, abandoned: 1 })));
    expect([most, script.decisions]).toEqual([1, ['ack a', 'ack b', 'ack c']]);
  });

  test('are given up once as many died over them as they may be tried; how often they were in hand does not count', async () => {
    const begun: string[] = [];
    const { script } = await start(async (id) => {
      begun.push(id);
      // As if the process died here: nobody says what became of it.
      throw Object.assign(new Error('died'), { name: 'Died' });
    });
    script.decisions.length = 0;
    for (const abandoned of [1, 2, 3]) await script.give('poison', { attempt: abandoned + 1, abandoned });
    expect(begun).toEqual(['poison', 'poison']);
    expect(script.decisions.at(-1)).toBe('dead poison: Whoever began with it died, 3 times.');
    await script.give('innocent', { attempt: 9, abandoned: 8 });
    expect(begun.at(-1)).toBe('innocent');
    expect(script.decisions.at(-1)).toBe('retry innocent');
  });

  test('are given up where the broker does not count, too', async () => {
    const { script } = await start(async () => {
      throw Object.assign(new Error('died'), { name: 'Died' });
    });
    script.decisions.length = 0;
    for (let turn = 0; turn < 3; turn++) await script.give('poison', { suspect: true });
    expect(script.decisions).toEqual([
      'retry poison',
      'retry poison',
      'dead poison: Whoever began with it died, 3 times.',
    ]);
  });

  test('are tried once more even where nothing is tried again', async () => {
    const { script } = await start(async () => undefined, 0);
    await script.give('a', { attempt: 2, abandoned: 1 });
    expect(script.decisions).toEqual(['ack a']);
  });
});

test('a group that ends finishes what is in work and begins nothing of what it has in hand', async () => {
  const finish = Promise.withResolvers<void>();
  const begun: string[] = [];
  const { group, script } = await start(async (id) => {
    begun.push(id);
    await finish.promise;
  });
  const given = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => script.give(id));
  while (begun.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const drained = group.drain(10_000);
  finish.resolve();
  await drained;
  await Promise.all(given);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  expect(script.decisions.toSorted()).toEqual(['ack a', 'ack b', 'ack c', 'ack d', 'drain', 'pause']);
});
