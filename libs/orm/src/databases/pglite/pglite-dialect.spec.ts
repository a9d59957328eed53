import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../context/database.js';
import { openDatabase } from '../../context/open-database.js';
import { runInContext } from '../../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../../core-orm.options.js';
import { Tag } from '../../testing/blog.models.js';
import { atomic } from '../../transactions/atomic.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'orm-pglite-'));
const url = `pglite://${folder}/db`;
let database: Database;

const open = () => openDatabase([Tag], resolveCoreOrmOptions({ url, schema: 'update' }));
const alone = <T>(work: () => Promise<T>) => runInContext(work, { database, isolated: true });

beforeAll(async () => {
  database = await open();
});

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

/** Runs in a process of its own. */
const SECOND = `
import { MikroORM } from '@mikro-orm/sql';
import { parseDatabaseUrl } from ${JSON.stringify(new URL('../database-url.ts', import.meta.url).href)};
import { createDriverOptions } from ${JSON.stringify(new URL('../driver-options.ts', import.meta.url).href)};
const options = await createDriverOptions(parseDatabaseUrl(process.argv[1]));
const orm = new MikroORM({ ...options, entities: [], discovery: { warnWhenNoEntities: false } });
const outcome = await orm.em.fork().execute('select name from tags').catch((error) => error.code);
console.log(JSON.stringify(outcome));
await orm.close();
`;
const loader = ['--conditions=@core-framework/source', '--import'].concat(
  new URL('../../../../../scripts/source-loader.mjs', import.meta.url).href,
);

test('a second process is refused with a code while this one has the folder, and reads it afterwards', async () => {
  const options = { cwd: new URL('../../../../../', import.meta.url), env: { ...process.env, NODE_OPTIONS: '' } };
  const second = async () =>
    JSON.parse((await run(process.execPath, [...loader, '--input-type=module', '-e', SECOND, url], options)).stdout);
  await alone(() => Tag.objects.create({ name: 'kept' }));
  expect(await second()).toBe('DATABASE_IN_USE');
  await database.close();
  expect(await second()).toEqual([{ name: 'kept' }]);
  database = await open();
  expect(await alone(() => Tag.objects.pluck('name'))).toEqual(['kept']);
}, 60_000);

test('a second unit of work that is awaited inside a transaction fails with a code, and the transaction goes on', async () => {
  let outcome: unknown;
  await alone(() =>
    atomic(async () => {
      await Tag.objects.create({ name: 'around' });
      outcome = await alone(() => Tag.objects.count()).catch((error: unknown) => error);
    }),
  );
  expect(outcome).toMatchObject({ code: 'DATABASE_BUSY', message: expect.stringContaining('Waited 5000 ms') });
  expect(await alone(() => Tag.objects.filter({ name: 'around' }).exists())).toBe(true);
});

test('transactions at once wait for each other', async () => {
  const before = await alone(() => Tag.objects.count());
  const add = (index: number) => alone(() => atomic(() => Tag.objects.create({ name: `n${index}` })));
  await Promise.all(Array.from({ length: 20 }, (_, index) => add(index)));
  expect(await alone(() => Tag.objects.count())).toBe(before + 20);
});
