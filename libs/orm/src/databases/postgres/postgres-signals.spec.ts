import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CoreSettings } from '@core-framework/config';
import { sql } from 'kysely';
import type { Database } from '../../context/database.js';
import { openDatabase } from '../../context/open-database.js';
import { NO_SIGNALS } from '../../context/signals.js';
import { type CoreOrmOptions, resolveCoreOrmOptions } from '../../core-orm.options.js';
import { createScratchPostgres } from '../../testing/scratch-postgres.js';

const run = promisify(execFile);
const scratch = await createScratchPostgres('orm_signals');
const url = scratch?.url ?? '';

const open = (options: Partial<CoreOrmOptions> = {}, settings: Partial<CoreSettings> = {}) =>
  openDatabase([], resolveCoreOrmOptions({ url, ...options }), Object.assign(new CoreSettings(), settings));

/** Hears of a channel from the first time on that the database says something, which it does once it listens. */
async function listener(database: Database, channel: string) {
  let [heard, wake] = [0, () => undefined as void];
  const end = database.signals.listen(channel, () => {
    heard++;
    wake();
  });
  const next = async (count: number) => {
    while (heard < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  await next(1);
  return { next, end, heard: () => heard };
}

(scratch === undefined ? describe.skip : describe)('signals on PostgreSQL', () => {
  let [here, there]: Database[] = [];
  beforeEach(async () => {
    [here, there] = [await open(), await open()];
  });
  afterEach(() => Promise.all([here?.close(), there?.close()]));
  afterAll(() => scratch?.drop());
  const both = () => [here, there] as [Database, Database];

  test('are heard by other processes, and not by the one that sends them', async () => {
    const [sender, other] = both();
    const [own, heard] = [await listener(sender, 'work'), await listener(other, 'work')];
    sender.signals.send('work');
    await heard.next(2);
    other.signals.send('work');
    await own.next(2);
    expect([own.heard(), heard.heard()]).toEqual([2, 2]);
  });

  test('that follow each other are told together, and the last is not lost', async () => {
    const [sender, other] = both();
    const heard = await listener(other, 'work');
    const statements: string[] = [];
    sender.observe((statement) => statements.push(statement));
    for (let number = 0; number < 1000; number++) sender.signals.send('work');
    await heard.next(3);
    // Once more for all that came while the first one was sent.
    const quiet = await listener(other, 'quiet');
    sender.signals.send('quiet');
    await quiet.next(2);
    expect([heard.heard(), statements]).toEqual([3, []]);
  });

  test('are heard by channel, until nobody wants to', async () => {
    const [sender, other] = both();
    const [left, right] = [await listener(other, 'left'), await listener(other, 'right')];
    left.end();
    sender.signals.send('left');
    sender.signals.send('right');
    await right.next(2);
    expect(left.heard()).toBe(1);
    right.end();
    const again = await listener(other, 'left');
    sender.signals.send('left');
    await again.next(2);
  });

  test('are heard again after the connection was lost, which itself is one', async () => {
    const [sender, other] = both();
    const heard = await listener(other, 'work');
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`.execute(sender.kysely);
    await heard.next(2);
    sender.signals.send('work');
    await heard.next(3);
  });

  test('are neither sent nor heard where a pooler stands in front of the server, or on other databases', async () => {
    const databases = [
      await open({ preparedStatements: false }),
      await open({}, { dbPoolEnabled: false }),
      await open({ url: 'sqlite://:memory:' }),
    ];
    expect(databases.map(({ signals }) => signals)).toEqual([NO_SIGNALS, NO_SIGNALS, NO_SIGNALS]);
    await Promise.all(databases.map((database) => database.close()));
  });

  test('do not keep a process alive', async () => {
    const program = `
      import { openDatabase } from './libs/orm/src/context/open-database.ts';
      import { resolveCoreOrmOptions } from './libs/orm/src/core-orm.options.ts';
      const database = await openDatabase([], resolveCoreOrmOptions({ url: ${JSON.stringify(url)} }));
      await new Promise((resolve) => database.signals.listen('work', resolve));
      database.signals.send('work');
      console.log('ended');`;
    const flags = ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs'];
    const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '-e', program], {
      cwd: new URL('../../../../../', import.meta.url),
    });
    expect(stdout).toBe('ended\n');
  });
});
