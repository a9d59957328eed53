import { ManualClock } from '@core-framework/common';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Tag } from '../testing/blog.models.js';
import { createScratchPostgres } from '../testing/scratch-postgres.js';
import { TcpGate } from '../testing/tcp-gate.js';
import { atomic } from '../transactions/atomic.js';
import { Connections } from './connections.js';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';
import { runInContext } from './run-in-context.js';

const primary = await createScratchPostgres('orm_cut');
const copy = await createScratchPostgres('orm_cut_copy');
const LOST = { code: 'DATABASE_CONNECTION_LOST' };
/** Enough of the same reads for one by a prepared statement. */
const UNTIL_PREPARED = 6;
const clock = new ManualClock();
let database: Database;

const open = (url: string, replicas: readonly string[] = []) =>
  openDatabase([Tag], resolveCoreOrmOptions({ url, replicas, schema: 'update' }), undefined, {
    connections: new Connections(undefined, { clock, zone: 'UTC' }),
  });
const run = <T>(work: () => Promise<T>) => runInContext(work, { database });
const whoAnswers = () => run(async () => (await Tag.objects.orderBy('id').values('name'))[0]?.name);

async function prepare(): Promise<void> {
  for (let turn = 0; turn < UNTIL_PREPARED; turn++) await whoAnswers();
}

/** Cuts the connections when `work` has sent something and waits for the answer. */
async function cutUnder<T>(gate: TcpGate, work: () => Promise<T>): Promise<T> {
  const { asked } = gate.hold();
  const outcome = Promise.allSettled([work()]);
  await asked;
  await gate.cut();
  const [settled] = await outcome;
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

// Only PostgreSQL is asked through a gate.
(primary && copy ? describe : describe.skip)('connections that are cut', () => {
  beforeAll(async () => {
    Logger.overrideLogger(false);
    for (const [scratch, name] of [
      [primary, 'primary'],
      [copy, 'replica'],
    ] as const) {
      database = await open(scratch?.url ?? '');
      await run(() => Tag.objects.create({ name }));
      await run(() => Tag.objects.create({ name: 'another' }));
      await database.close();
    }
  });

  afterEach(() => database.close());

  afterAll(async () => {
    await primary?.drop();
    await copy?.drop();
  });

  describe('to the primary', () => {
    let gate: TcpGate;

    beforeAll(async () => {
      gate = await TcpGate.inFrontOf(primary?.url ?? '');
    });

    afterAll(() => gate.shut());

    test('are thrown away while they are idle, and others are opened', async () => {
      database = await open(gate.url);
      await prepare();
      await Promise.all(Array.from({ length: 5 }, whoAnswers));
      await gate.cut();
      expect(await Promise.all(Array.from({ length: 5 }, whoAnswers))).toEqual(Array(5).fill('primary'));
    });

    test('fail the statement under which they end, with a code', async () => {
      database = await open(gate.url);
      await whoAnswers();
      await expect(cutUnder(gate, whoAnswers)).rejects.toMatchObject(LOST);
      await prepare();
      await expect(cutUnder(gate, whoAnswers)).rejects.toMatchObject(LOST);
      await whoAnswers();
      await expect(cutUnder(gate, () => run(() => Tag.objects.filter({ id: 0 }).delete()))).rejects.toMatchObject(LOST);
      const em = () => database.orm.em.fork();
      await em().count(Tag);
      await expect(cutUnder(gate, () => em().count(Tag))).rejects.toMatchObject(LOST);
      expect(await whoAnswers()).toBe('primary');
    });

    test('fail the transaction, whatever it does about that, and are not lent out again', async () => {
      database = await open(gate.url);
      await prepare();
      const inside = (stubborn: boolean) =>
        run(() =>
          atomic(async () => {
            await Tag.objects.count();
            const failed = cutUnder(gate, () => Tag.objects.filter({ id: 0 }).update({ name: 'never' }));
            await (stubborn ? failed.catch(() => undefined) : failed);
          }),
        );
      await expect(inside(false)).rejects.toMatchObject(LOST);
      await expect(inside(true)).rejects.toMatchObject(LOST);
      expect(await whoAnswers()).toBe('primary');
    });

    test('end the reading of a stream', async () => {
      database = await open(gate.url);
      const stream = () => database.orm.em.getConnection().stream('select name from tags', [], undefined, undefined, 1);
      const read = async (leave: boolean) => {
        for await (const row of stream()) {
          expect(row).toHaveProperty('name');
          await gate.cut();
          if (leave) return;
        }
      };
      await expect(read(false)).rejects.toMatchObject(LOST);
      await read(true);
      expect(await whoAnswers()).toBe('primary');
    });

    test('cannot be opened while the server is away, and can when it is back', async () => {
      database = await open(gate.url);
      await prepare();
      await gate.shut();
      await expect(whoAnswers()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
      await gate.reopen();
      expect(await whoAnswers()).toBe('primary');
      await gate.shut();
      await database.close();
      await gate.reopen();
    });
  });

  test('to a replica let the primary answer until the replica is back', async () => {
    const gate = await TcpGate.inFrontOf(copy?.url ?? '');
    database = await open(primary?.url ?? '', [gate.url]);
    clock.set('2026-03-04T05:06:07Z');
    await prepare();
    await gate.cut();
    expect(await whoAnswers()).toBe('replica');

    expect(await cutUnder(gate, whoAnswers)).toBe('primary');
    clock.advance({ milliseconds: 9999 });
    expect(await whoAnswers()).toBe('primary');
    clock.advance({ milliseconds: 1 });
    expect(await whoAnswers()).toBe('replica');

    await gate.shut();
    expect(await Promise.all([whoAnswers(), whoAnswers()])).toEqual(['primary', 'primary']);
    clock.advance({ seconds: 10 });
    expect(await whoAnswers()).toBe('primary');
    await gate.reopen();
    expect(await whoAnswers()).toBe('primary');
    clock.advance({ seconds: 10 });
    expect(await whoAnswers()).toBe('replica');
    clock.advance({ seconds: -3600 });
    expect(await whoAnswers()).toBe('replica');
    await gate.shut();
  });
});
