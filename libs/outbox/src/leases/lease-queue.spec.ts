import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { atomic, runInContext } from '@core-framework/orm';
import { sql } from 'kysely';
import { OUTBOX_TABLE } from '../outbox/outbox-table.js';
import type { OutboxRow } from '../outbox/outbox-publisher.js';
import { openOutbox, type OutboxWorld } from '../testing/outbox-world.js';
import { scratchDatabases } from '../testing/scratch-databases.js';
import { connectionOf } from './connection-of.js';
import { LeaseQueue } from './lease-queue.js';

describe.each(await scratchDatabases())('leases on $kind', ({ kind, url, drop }) => {
  let world: OutboxWorld;
  let queue: LeaseQueue<OutboxRow>;
  beforeAll(async () => {
    world = await openOutbox(url);
    queue = new LeaseQueue(world.database, OUTBOX_TABLE);
  });
  beforeEach(() => world.clear());
  afterAll(async () => {
    await world.app.close();
    await drop();
  });
  const claim = (limit = 10, leaseMs = 60_000) => queue.claim({ limit, leaseMs });
  const texts = ({ rows }: { rows: readonly OutboxRow[] }) => rows.map(({ payload }) => payload);

  test('finds its tables as it made them', async () => {
    expect(await world.database.orm.schema.getUpdateSchemaSQL()).toBe('');
  });

  test('gives out rows in order, each to one claim', async () => {
    await world.write(undefined, undefined, undefined);
    expect([texts(await claim(2)), texts(await claim(2)), texts(await claim(2))]).toEqual([['0', '1'], ['2'], []]);
  });

  test('claims made at once never share a row', async () => {
    await world.write(...Array.from({ length: 60 }, () => undefined));
    const other = await openOutbox(url, {}, 'none');
    const queues = [queue, new LeaseQueue<OutboxRow>(other.database, OUTBOX_TABLE)];
    const leases = await Promise.all(
      Array.from({ length: 12 }, (_, index) => queues[index % 2]!.claim({ limit: 10, leaseMs: 60_000 })),
    );
    const rows = leases.flatMap((lease) => texts(lease));
    expect([rows.length, new Set(rows).size]).toEqual([60, 60]);
    await other.app.close();
  });

  test('gives a row out again once its lease has run out, and nothing that the first holder says counts any more', async () => {
    await world.write(undefined);
    const first = await claim(1, 0);
    const second = await claim(1);
    expect(second.rows).toEqual([expect.objectContaining({ attempts: 2 })]);
    const row = first.rows[0]!;
    expect([await first.complete(), await first.retry(row, 0, 'late'), await first.extend(1)]).toEqual([0, 0, 0]);
    expect(await second.complete()).toBe(1);
    expect(texts(await claim(1))).toEqual([]);
  });

  test('an extended lease is kept', async () => {
    await world.write(undefined);
    const lease = await claim(1, 0);
    expect(await lease.extend(60_000)).toBe(1);
    expect(texts(await claim(1))).toEqual([]);
  });

  test('a row that is tried again later waits for that, one that is released does not and has lost no attempt', async () => {
    await world.write(undefined, undefined);
    const lease = await claim();
    await lease.retry(lease.rows[0]!, 60_000, 'not now');
    await lease.release([lease.rows[1]!]);
    expect((await claim()).rows).toEqual([expect.objectContaining({ payload: '1', attempts: 1 })]);
    expect(await world.service.status()).toMatchObject({ pending: 2, leased: 1, delayed: 1, failed: 0 });
  });

  test('a row that was given up is given out when it is revived, as if it were new', async () => {
    await world.write(undefined);
    const lease = await claim();
    await lease.fail(lease.rows[0]!, 'broken');
    expect([texts(await claim()), await world.service.status()]).toEqual([
      [],
      { pending: 0, leased: 0, delayed: 0, failed: 1, lagSeconds: 0 },
    ]);
    expect([await queue.revive(sql`payload = 'other'`), await queue.revive()]).toEqual([0, 1]);
    expect((await claim()).rows).toEqual([expect.objectContaining({ attempts: 1 })]);
  });

  test('a row is completed in the transaction of the work in hand, or not at all', async () => {
    await world.write(undefined);
    const lease = await claim();
    const work = runInContext(
      () =>
        atomic(async () => {
          expect(await lease.complete()).toBe(1);
          throw new Error('given up');
        }),
      { database: world.database },
    );
    await expect(work).rejects.toThrow('given up');
    expect(await lease.complete()).toBe(1);
  });

  test('nothing is given out before what is ahead of it under its key is done, and no other key waits for that', async () => {
    await world.write('a', 'a', 'b', undefined, 'a');
    const first = await claim(1);
    expect(texts(first)).toEqual(['0']);
    const others = await claim();
    expect(texts(others)).toEqual(['2', '3']);
    await first.retry(first.rows[0]!, 60_000, 'later');
    expect(texts(await claim())).toEqual([]);
    await sql`update outbox_messages set available_at = created_at`.execute(world.database.kysely);
    expect(texts(await claim())).toEqual(['0', '1', '4']);
  });

  test('a row that was given up lets those behind it pass', async () => {
    await world.write('a', 'a');
    const lease = await claim(1);
    await lease.fail(lease.rows[0]!, 'broken');
    expect(texts(await claim())).toEqual(['1']);
  });

  test('keys of different topics have nothing to do with each other', async () => {
    await world.run(() =>
      world.outbox.add(
        ...['t', 'u'].map((topic) => ({ channel: 'events', type: 'a.b', topic, key: 'a', payload: topic })),
      ),
    );
    await claim(1);
    expect(texts(await claim())).toEqual(['u']);
  });

  test('deletes what has been done for long enough', async () => {
    await world.write(undefined, undefined);
    const lease = await claim();
    await lease.complete([lease.rows[0]!]);
    expect([await queue.purge(60_000), await queue.purge(0), await queue.purge(0)]).toEqual([0, 1, 0]);
  });

  if (kind === 'sqlite') return;

  test('a claim does not overtake one that holds the row ahead and has not ended yet', async () => {
    await world.write('a', 'a', 'b');
    const held = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const rival = runInContext(
      () =>
        atomic(async () => {
          const { rows } = await sql<{ seq: string }>`select seq from outbox_messages order by seq limit 1`.execute(
            connectionOf(world.database),
          );
          await sql`select seq from outbox_messages where seq = ${rows[0]!.seq} for update`.execute(
            connectionOf(world.database),
          );
          held.resolve();
          await ended.promise;
        }),
      { database: world.database, isolated: true },
    );
    await held.promise;
    expect(texts(await claim())).toEqual(['2']);
    ended.resolve();
    await rival;
    expect(texts(await claim())).toEqual(['0', '1']);
  });
});
