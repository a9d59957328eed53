import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { atomic } from '@core-framework/orm';
import { sql } from 'kysely';
import { message, openOutbox, type OutboxWorld } from '../testing/outbox-world.js';
import { scratchDatabases } from '../testing/scratch-databases.js';
import type { OutboxEntry } from './outbox-publisher.js';

describe.each(await scratchDatabases())('the relay on $kind', ({ kind, url, drop }) => {
  let world: OutboxWorld;
  let published: OutboxEntry[];
  let batches: number;
  beforeAll(async () => {
    world = await openOutbox(url, { batch: 4, attempts: 2 });
  });
  beforeEach(async () => {
    await world.clear();
    published = [];
    batches = 0;
    world.relay.register('events', async (entries) => {
      published.push(...entries);
      batches += 1;
    });
  });
  afterEach(() => world.relay.stop());
  afterAll(async () => {
    await world.app.close();
    await drop();
  });
  const payloads = () => published.map(({ payload }) => payload);
  const dueAgain = () => sql`update outbox_messages set available_at = created_at`.execute(world.database.kysely);
  const untilPublished = async (count: number) => {
    while (published.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('publishes what a transaction wrote once it has committed, and nothing of one that was rolled back', async () => {
    world.relay.start();
    const failing = world.run(() =>
      atomic(async () => {
        await world.outbox.add(message({ payload: '"lost"' }));
        throw new Error('given up');
      }),
    );
    await expect(failing).rejects.toThrow('given up');
    await world.run(() =>
      atomic(async () => {
        await world.outbox.add(message({ payload: '"kept"', key: 'k', headers: { a: 'b' } }));
        expect(published).toEqual([]);
      }),
    );
    await untilPublished(1);
    expect(published).toEqual([
      {
        id: expect.any(String),
        type: 'order.created',
        topic: 't',
        key: 'k',
        payload: '"kept"',
        headers: { a: 'b' },
        attempts: 1,
      },
    ]);
  });

  test('a process that wrote nothing itself sees what others wrote', async () => {
    world.relay.start();
    const other = await openOutbox(url, {}, 'none');
    await other.write(undefined);
    await other.app.close();
    await untilPublished(1);
  });

  test('what is written is published without waiting for the next look, at any number of batches', async () => {
    const patient = await openOutbox(url, { batch: 4, pollMs: 3_600_000 }, 'none');
    patient.relay.register('events', async (entries) => void published.push(...entries));
    patient.relay.start();
    for (let round = 1; round <= 3; round++) {
      await patient.write(...Array.from({ length: 9 }, () => undefined));
      await untilPublished(9 * round);
    }
    await patient.app.close();
  });

  if (kind === 'postgresql') {
    test('what another process writes is published without waiting for the next look', async () => {
      const patient = await openOutbox(url, { pollMs: 3_600_000 }, 'none');
      patient.relay.register('events', async (entries) => void published.push(...entries));
      const heard = jest.spyOn(patient.relay, 'wake');
      const untilHeard = async (count: number) => {
        while (heard.mock.calls.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      patient.relay.start();
      // It is told once when it begins to listen.
      await untilHeard(1);
      for (let round = 1; round <= 3; round++) {
        await world.run(() => atomic(() => world.outbox.add(message())));
        await untilPublished(round);
        await untilHeard(round + 1);
      }
      await patient.app.close();
    });
  }

  test('a message that is refused is tried again later and then given up, and no other waits for it', async () => {
    world.relay.register('events', async (entries) => {
      published.push(...entries.filter(({ payload }) => payload !== '1'));
      return new Map(entries.filter(({ payload }) => payload === '1').map(({ id }) => [id, new Error('too big')]));
    });
    await world.write(undefined, undefined, 'a');
    expect(await world.relay.flush()).toBe(2);
    expect(await world.service.status()).toMatchObject({ pending: 1, delayed: 1, failed: 0 });
    await dueAgain();
    await world.relay.flush();
    expect(await world.service.status()).toMatchObject({ pending: 0, failed: 1 });
    expect(payloads()).toEqual(['0', '2']);
    world.relay.register('events', async (entries) => void published.push(...entries));
    expect(await world.service.retry()).toBe(1);
    await world.relay.flush();
    expect(payloads()).toEqual(['0', '2', '1']);
  });

  test('behind a message that is refused those of its key wait, also within a batch', async () => {
    let refuse = true;
    world.relay.register('events', async (entries) => {
      const refused = entries.filter(({ payload }) => refuse && payload === '0');
      published.push(...entries.filter((entry) => !refused.includes(entry)));
      return new Map(refused.map(({ id }) => [id, new Error('no')]));
    });
    await world.write('a', 'a', 'b', 'a');
    await world.relay.flush();
    expect(payloads()).toEqual(['2']);
    refuse = false;
    await dueAgain();
    await world.relay.flush();
    expect(payloads()).toEqual(['2', '0', '1', '3']);
  });

  test('while the other side is away nothing counts as tried', async () => {
    world.relay.register('events', () => Promise.reject(new Error('connection refused')));
    await world.write('a', undefined);
    for (let attempt = 0; attempt < 4; attempt++) {
      await expect(world.relay.flush()).rejects.toThrow('connection refused');
    }
    expect(await world.service.status()).toMatchObject({ pending: 2, leased: 0, failed: 0 });
    world.relay.register('events', async (entries) => void published.push(...entries));
    await world.relay.flush();
    expect(published.map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  test('a channel whose other side is away holds up no other', async () => {
    world.relay.register('away', () => Promise.reject(new Error('connection refused')));
    const waiting = Array.from({ length: 9 }, () => message({ channel: 'away' }));
    await world.run(() => world.outbox.add(...waiting, message({ payload: '"passes"' })));
    world.relay.start();
    await untilPublished(1);
    await world.relay.stop();
    expect([payloads(), await world.service.status()]).toEqual([
      ['"passes"'],
      expect.objectContaining({ pending: 9, leased: 0, failed: 0 }),
    ]);
    world.relay.register('away', async () => undefined);
    await world.relay.flush();
  });

  test('channels of one batch do not hold up each other either', async () => {
    world.relay.register('away', () => Promise.reject(new Error('connection refused')));
    await world.run(() => world.outbox.add(message({ channel: 'away' }), message({ payload: '"passes"' })));
    await expect(world.relay.flush()).rejects.toThrow('connection refused');
    expect(payloads()).toEqual(['"passes"']);
    world.relay.register('away', async () => undefined);
    await world.relay.flush();
  });

  test('works on the channels that it was started for', async () => {
    world.relay.register('work', async (entries) => void published.push(...entries));
    await world.run(() =>
      world.outbox.add(message({ payload: '"stays"' }), message({ channel: 'work', payload: '1' })),
    );
    world.relay.start('work');
    await untilPublished(1);
    await world.relay.stop();
    expect([payloads(), await world.service.status()]).toEqual([['1'], expect.objectContaining({ pending: 1 })]);
  });

  test('any number of messages can be written at once, all or none of them', async () => {
    const many = Array.from({ length: 6000 }, (_, index) => message({ channel: 'many', payload: String(index) }));
    await world.run(() => atomic(() => world.outbox.add(...many)));
    const again = many.map((each, index) => ({ ...each, ...(index > 5998 && { topic: 'x'.repeat(300) }) }));
    if (kind !== 'sqlite') await expect(world.run(() => world.outbox.add(...again))).rejects.toThrow(/too long/i);
    expect(await world.service.status()).toMatchObject({ pending: 6000 });
    expect(await world.run(() => world.outbox.add(...many.slice(0, 501)))).toHaveLength(501);
    expect(await world.service.status()).toMatchObject({ pending: 6501 });
  });

  test('a message is written once however often it is added under its id', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    await world.run(() => world.outbox.add(message({ id, payload: '1' })));
    const both = [message({ id, payload: '2' }), message({ id: other, payload: '3' })];
    await world.run(() => atomic(() => world.outbox.add(...both)));
    await world.relay.flush();
    expect(payloads().toSorted()).toEqual(['1', '3']);
  });

  test('messages of a channel that has no publisher here stay', async () => {
    await world.run(() => world.outbox.add(message({ channel: 'tasks' }), message({ payload: '1' })));
    await world.relay.flush();
    expect([payloads(), await world.service.status()]).toEqual([['1'], expect.objectContaining({ pending: 1 })]);
  });

  test('a message is not published before its time', async () => {
    await world.run(() => world.outbox.add(message({ delayMs: 60_000 })));
    expect(await world.relay.flush()).toBe(0);
    await dueAgain();
    expect(await world.relay.flush()).toBe(1);
  });

  test('stopping finishes the batch in hand', async () => {
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    world.relay.register('events', async (entries) => {
      begun.resolve();
      await finish.promise;
      published.push(...entries);
    });
    await world.write(undefined);
    world.relay.start();
    await begun.promise;
    const stopped = world.relay.stop();
    finish.resolve();
    await stopped;
    expect([payloads(), world.relay.isRunning]).toEqual([['0'], false]);
    expect(await world.service.status()).toMatchObject({ pending: 0 });
  });

  test('a group deals with a message once, also when two try at once', async () => {
    const { inbox } = world;
    const attempt = () => world.run(() => atomic(() => inbox.accept('g', 'e1')));
    const outcomes = await Promise.all([attempt(), attempt(), attempt()]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await world.run(() => inbox.accept('other', 'e1'))).toBe(true);
    const failing = world.run(() =>
      atomic(async () => {
        expect(await inbox.accept('g', 'e2')).toBe(true);
        throw new Error('given up');
      }),
    );
    await expect(failing).rejects.toThrow('given up');
    expect(await world.run(() => inbox.accept('g', 'e2'))).toBe(true);
    expect([await inbox.purge(60_000), await inbox.purge(0)]).toEqual([0, 3]);
  });
});
