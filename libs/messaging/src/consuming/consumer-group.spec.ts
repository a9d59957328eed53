import { afterEach, describe, expect, test } from '@jest/globals';
import { CoreOrmModule, DATABASE, type Database } from '@core-framework/orm';
import { Inbox, OutboxModule } from '@core-framework/outbox';
import { PayloadSchemaRegistry } from '@core-framework/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Delivery, MessageBroker, Subscription } from '../brokers/message-broker.js';
import { PayloadReader } from '../payloads/payload-reader.js';
import type { CoreEvent } from '../events/core-event.js';
import { ConsumerGroup, type ConsumerGroupOptions } from './consumer-group.js';

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

  give(
    id: string,
    { attempt = 1, abandoned = 0, suspect = false, key = undefined as string | undefined, data = 'null' } = {},
  ) {
    const note = (what: string) => async () => void this.decisions.push(`${what} ${id}`);
    return this.handle({
      message: { id, type: 'thing.done', source: 's', time: '', data, headers: {}, key },
      topic: 't',
      attempt,
      abandoned,
      suspect,
      ack: note('ack'),
      retry: note('retry'),
      deadLetter: async (reason, attempts) => {
        this.decisions.push(`dead ${id}: ${reason}${attempts === attempt ? '' : ` (${attempts} attempts)`}`);
      },
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

async function start(
  call: (id: string, event: CoreEvent) => Promise<void>,
  retry = 2,
  more: Partial<ConsumerGroupOptions> = {},
) {
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
    timeoutMs: 60_000,
    ...more,
  };
  const handler = { name: 'h', pattern: 'thing.done', matches: () => true, topics: ['t'], payload: undefined };
  const group = new ConsumerGroup(
    { ...options, inbox: true, transaction: true },
    [{ ...handler, takesManager: false, call: async (event) => call(event.id, event) }],
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

  test('are tried as often once more when they are replayed', async () => {
    let begun = 0;
    const { script } = await start(async () => {
      begun += 1;
      throw Object.assign(new Error('died'), { name: 'Died' });
    });
    for (let turn = 0; turn < 6; turn++) await script.give('poison', { suspect: true });
    expect([begun, script.decisions.filter((one) => one.startsWith('dead')).length]).toEqual([4, 2]);
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

describe('events of a key', () => {
  const key = 'k';

  test('wait for one of theirs that is tried again; others do not', async () => {
    const tried: string[] = [];
    const { script } = await start(async (id, { attempt }) => {
      tried.push(`${id}${attempt}`);
      if (id === 'a' && attempt < 3) throw new Error('not yet');
    });
    await Promise.all([script.give('a', { key }), script.give('b', { key }), script.give('c')]);
    expect(tried.filter((one) => !one.startsWith('c'))).toEqual(['a1', 'a2', 'a3', 'b1']);
    expect(script.decisions).toEqual(['ack c', 'ack a', 'ack b']);
  });

  test('go on once one of theirs is given up, with the number of its attempts', async () => {
    const { script } = await start(async (id) => {
      if (id === 'a') throw new Error('never');
    });
    await Promise.all([script.give('a', { key }), script.give('b', { key })]);
    expect(script.decisions).toEqual(['dead a: Error: never (3 attempts)', 'ack b']);
  });

  test('do not wait for one that is tried again after more than a minute', async () => {
    const never = async (id: string) => {
      if (id === 'a') throw new Error('not yet');
    };
    const { script } = await start(never, 2, { retryDelayMs: 120_000 });
    await Promise.all([script.give('a', { key }), script.give('b', { key })]);
    expect(script.decisions).toEqual(['retry a', 'ack b']);
  });

  test('are given to others when the group ends while one waits to be tried again', async () => {
    const tried: string[] = [];
    const failing = async (id: string) => {
      tried.push(id);
      throw new Error('not yet');
    };
    const { group, script } = await start(failing, 2, { retryDelayMs: 30_000 });
    const given = [script.give('a', { key }), script.give('b', { key })];
    while (tried.length === 0 || group.counts.retried === 0) await new Promise((resolve) => setImmediate(resolve));
    await group.drain(10_000);
    await Promise.all(given);
    expect([tried, script.decisions]).toEqual([['a'], ['pause', 'drain']]);
  });
});

describe('handlers that take too long', () => {
  test('are told by the signal of the event, which fails', async () => {
    let reason: unknown;
    const { script } = await start(
      (_id, { signal }) => {
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reason = signal.reason;
            reject(new Error('told'));
          });
        });
      },
      2,
      { timeoutMs: 20 },
    );
    await script.give('a');
    expect([script.decisions, reason]).toEqual([['retry a'], expect.objectContaining({ code: 'MESSAGING_TIMEOUT' })]);
  });

  test('have no effect when they do not listen, and the event is tried again', async () => {
    const late = Promise.withResolvers<void>();
    let calls = 0;
    const { script } = await start(() => (++calls === 1 ? late.promise : Promise.resolve()), 2, { timeoutMs: 20 });
    await script.give('a');
    expect(script.decisions).toEqual(['retry a']);
    const again = script.give('a', { attempt: 2 });
    late.resolve();
    await again;
    // The note that it was handled went with what came too late.
    expect([calls, script.decisions]).toEqual([2, ['retry a', 'ack a']]);
  });
});

test('what is no JSON is not tried again', async () => {
  const { script } = await start(async () => undefined);
  await script.give('a', { data: '{"half":' });
  expect(script.decisions).toEqual([expect.stringMatching(/^dead a: InvalidPayloadError: .*"thing.done".*JSON/)]);
});
