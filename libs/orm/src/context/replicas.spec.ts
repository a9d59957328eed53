import type { CoreSettings } from '@core-framework/config';
import { afterAll, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Tag } from '../testing/blog.models.js';
import { createScratchPostgres } from '../testing/scratch-postgres.js';
import { atomic } from '../transactions/atomic.js';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';
import { runInContext } from './run-in-context.js';

const [primary, copy] = [await createScratchPostgres('orm_primary'), await createScratchPostgres('orm_replica')];
const DEAD = 'postgresql://postgres@127.0.0.1:1/nobody';
const warnings: string[] = [];
let database: Database;

const open = (url: string, replicas: readonly string[] = []) =>
  openDatabase([Tag], resolveCoreOrmOptions({ url, replicas, schema: 'update' }));
const run = <T>(work: () => Promise<T>) => runInContext(work, { database });
/** Tells who answered: the two hold different rows, as no real copies would. */
const whoAnswers = async () => (await Tag.objects.orderBy('id').values('name'))[0]?.name;

test('reads', async () => {
  // Only servers have replicas.
  if (!primary || !copy) return;
  const replica = await open(copy.url);
  await runInContext(() => Tag.objects.create({ name: 'replica' }), { database: replica });
  await replica.close();
  const log = (message: unknown) => void warnings.push(String(message));
  Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: log });
  database = await open(primary.url, [copy.url]);

  await run(async () => {
    // A unit that writes reads from the primary from then on.
    expect(await whoAnswers()).toBe('replica');
    await Tag.objects.create({ name: 'primary' });
    expect(await whoAnswers()).toBe('primary');
  });
  await run(async () => {
    expect([await whoAnswers(), await Tag.objects.count()]).toEqual(['replica', 1]);
    expect(await Tag.objects.using('primary').values('name')).toEqual([{ name: 'primary' }]);
    expect(await atomic(whoAnswers, { readOnly: true })).toBe('primary');
    expect(await whoAnswers()).toBe('replica');
    expect(await atomic(whoAnswers)).toBe('primary');
    expect(await whoAnswers()).toBe('primary');
  });
  expect(warnings).toEqual([]);
  await database.close();

  database = await open(primary.url, [DEAD]);
  for (let turn = 0; turn < 3; turn++) expect(await run(whoAnswers)).toBe('primary');
  expect(warnings).toEqual([expect.stringContaining('127.0.0.1:1/nobody does not answer')]);
  await database.close();

  database = await open(primary.url, [DEAD, copy.url]);
  for (let turn = 0; turn < 3; turn++) expect(await run(whoAnswers)).toBe('replica');
  await database.close();
  await expect(open(primary.url, ['sqlite://:memory:'])).rejects.toMatchObject({ code: 'ORM_INVALID_OPTIONS' });
});

test('replicas come from the settings where the address does', () => {
  const dbReplicaUrls = ['postgresql://copy/app'];
  const settings = { dbPreparedStatements: true, dbReplicaUrls } as unknown as CoreSettings;
  expect(resolveCoreOrmOptions({}, settings).replicas).toEqual(dbReplicaUrls);
  expect(resolveCoreOrmOptions({ url: 'postgresql://another/app' }, settings).replicas).toEqual([]);
  expect(resolveCoreOrmOptions({ replicas: [] }, settings).replicas).toEqual([]);
});

afterAll(async () => {
  Logger.overrideLogger(false);
  await primary?.drop();
  await copy?.drop();
});
