import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CompiledQuery, Kysely } from 'kysely';
import { retryWhileBusy } from './busy-retry.js';
import { SqlitePoolDialect } from './sqlite-dialect.js';

const run = promisify(execFile);
const TRANSACTIONS = 300;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orm-two-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs in a process of its own: reads the counter, waits a little, writes it back increased, 300 times. */
const WRITER = `
import { CompiledQuery, Kysely } from 'kysely';
import { SqlitePoolDialect } from ${JSON.stringify(new URL('./sqlite-dialect.ts', import.meta.url).href)};

const database = new Kysely({ dialect: new SqlitePoolDialect(process.argv[1], { max: 5, keepIdle: true }) });
const one = () => database.transaction().execute(async (trx) => {
  const { rows } = await trx.executeQuery(CompiledQuery.raw('select value from counter'));
  await new Promise(setImmediate);
  await trx.executeQuery(CompiledQuery.raw('update counter set value = ?', [rows[0].value + 1]));
});
let failures = 0;
for (let done = 0; done < ${TRANSACTIONS}; done += 10) {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, one));
  failures += outcomes.filter(({ status }) => status === 'rejected').length;
}
await database.destroy();
console.log(failures);
`;

test('two processes increment one counter 300 times each without an error or a lost update', async () => {
  const file = join(folder, 'app.db');
  const database = new Kysely<unknown>({ dialect: new SqlitePoolDialect(file, { max: 5, keepIdle: true }) });
  await database.executeQuery(CompiledQuery.raw('create table counter (value integer)'));
  await database.executeQuery(CompiledQuery.raw('insert into counter values (0)'));

  const loader = [
    '--conditions=@core-framework/source',
    '--import',
    new URL('../../../../../scripts/source-loader.mjs', import.meta.url).href,
  ];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const root = new URL('../../../../../', import.meta.url);
  const outcomes = await Promise.all(
    [1, 2].map(() => run(process.execPath, [...loader, '--input-type=module', '-e', WRITER, file], { cwd: root, env })),
  );

  expect(outcomes.map(({ stdout }) => stdout.trim())).toEqual(['0', '0']);
  const { rows } = await database.executeQuery(CompiledQuery.raw('select value from counter'));
  expect(rows).toEqual([{ value: 2 * TRANSACTIONS }]);
  await database.destroy();
}, 60_000);

test('tries again while the file is locked, and gives up after its patience', async () => {
  const locked = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
  let attempts = 0;
  const third = () => {
    attempts += 1;
    if (attempts < 3) throw locked;
    return 'done';
  };
  expect(await retryWhileBusy(third)).toBe('done');
  const never = () => {
    throw locked;
  };
  await expect(retryWhileBusy(never, 30)).rejects.toMatchObject({ code: 'DATABASE_BUSY', cause: locked });
  await expect(retryWhileBusy(() => JSON.parse('{'))).rejects.toThrow(SyntaxError);
});
