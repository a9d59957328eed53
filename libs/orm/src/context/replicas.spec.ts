import type { CoreSettings } from '@core-framework/config';
import { afterAll, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Tag } from '../testing/blog.models.js';
import type { QuerySet } from '../querysets/query-set.js';
import { createScratchPostgres } from '../testing/scratch-postgres.js';
import { atomic } from '../transactions/atomic.js';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';
import { runInContext } from './run-in-context.js';

const primary = await createScratchPostgres('orm_primary');
const copy = await createScratchPostgres('orm_replica');
const secondCopy = await createScratchPostgres('orm_replica');
const DEAD = 'postgresql://postgres@127.0.0.1:1/nobody';
const warnings: string[] = [];
let database: Database;

const open = (url: string, replicas: readonly string[] = []) =>
  openDatabase([Tag], resolveCoreOrmOptions({ url, replicas, schema: 'update' }));
const run = <T>(work: () => Promise<T>) => runInContext(work, { database });
/** Tells who answered: the two hold different rows, as no real copies would. */
const whoAnswers = async () => (await Tag.objects.orderBy('id').values('name'))[0]?.name;

/** Gives a database its tables and one row. */
async function fill(url: string, name: string): Promise<void> {
  const filled = await open(url);
  await runInContext(() => Tag.objects.create({ name }), { database: filled });
  await filled.close();
}

test('reads', async () => {
  // Only servers have replicas.
  if (!primary || !copy) return;
  await fill(copy.url, 'replica');
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

test('live replicas are asked in turn, each kind of read by its own', async () => {
  if (!primary || !copy || !secondCopy) return;
  await fill(secondCopy.url, 'second replica');
  database = await open(primary.url, [copy.url, secondCopy.url]);
  const answers: unknown[] = [];
  for (let turn = 0; turn < 4; turn++) answers.push(await run(whoAnswers));
  expect(answers).toEqual(['replica', 'second replica', 'replica', 'second replica']);

  const onPrimary: string[] = [];
  const end = database.observe((sql) => void onPrimary.push(sql));
  const reads: ((tags: QuerySet<Tag>) => Promise<unknown>)[] = [
    (tags) => tags.all(),
    (tags) => tags.rows(),
    (tags) => tags.count(),
    (tags) => tags.exists(),
    (tags) => tags.estimatedCount({ exactBelow: 0 }),
    (tags) => tags.links('posts', [1]),
    (tags) => tags.prefetchRelated('posts').all(),
  ];
  for (const read of reads) await run(() => read(Tag.objects.orderBy('id')));
  expect(onPrimary).toEqual([]);
  for (const [index, read] of reads.entries()) {
    await run(() => read(Tag.objects.orderBy('id').using('primary')));
    expect(onPrimary.length).toBeGreaterThan(index);
  }
  expect(onPrimary.filter((sql) => sql.includes('reltuples'))).toHaveLength(1);
  end();
  await database.close();
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
  await secondCopy?.drop();
});
