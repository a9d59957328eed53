import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CoreSettings } from '@core-framework/config';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import type { Database } from '../../context/database.js';
import { openDatabase } from '../../context/open-database.js';
import { runInContext } from '../../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../../core-orm.options.js';
import { Tag } from '../../testing/blog.models.js';
import { createScratchPostgres } from '../../testing/scratch-postgres.js';

const CONNECTIONS = 4;
const scratch = await createScratchPostgres('orm_sent_pg');

(scratch === undefined ? describe.skip : describe)('what PostgreSQL is sent', () => {
  let database: Database;
  let watcher: Database;
  let sent: string[] = [];
  const open = (settings: Partial<CoreSettings>) =>
    openDatabase(
      [Tag],
      resolveCoreOrmOptions({ url: scratch?.url ?? '', schema: 'update' }),
      Object.assign(new CoreSettings(), settings),
    );
  const alone = <T>(work: () => Promise<T>) => runInContext(work, { database, isolated: true });
  const named = (name: string) => alone(() => Tag.objects.filter({ name }).values('id', 'name'));

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown) => void sent.push(String(line)));
    watcher = await open({ dbPoolSize: 1, dbMaxOverflow: 0 });
  });
  beforeEach(() => {
    sent = [];
  });
  afterEach(() => database.close());
  afterAll(async () => {
    await watcher.close();
    await scratch?.drop();
    jest.restoreAllMocks();
  });

  test('statements have names and their values apart from them', async () => {
    database = await open({ dbPoolSize: 1, dbMaxOverflow: 0 });
    for (let turn = 0; turn < 5; turn++) await named('hunter2');
    const activity = await sql<{ query: string }>`
      select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
      watcher.kysely,
    );
    const queries = activity.rows.map(({ query }) => query);
    expect(queries).toEqual([expect.stringMatching(/from "tags".* where .*"name" = \$1/)]);
    const prepared = await sql<{ name: string; statement: string }>`
      select name, statement from pg_prepared_statements`.execute(database.kysely);
    expect(prepared.rows).toEqual([{ name: expect.stringMatching(/^\w{8,40}$/), statement: queries[0] }]);
    expect(JSON.stringify([queries, prepared.rows])).not.toContain('hunter2');
  });

  test('a column that changes its type under load costs each connection one repeated request at most', async () => {
    database = await open({ dbPoolSize: CONNECTIONS, dbMaxOverflow: 0, dbEcho: true });
    await alone(() => Tag.objects.create({ name: 'x' }));
    let isOver = false;
    let asked = 0;
    const work = async () => {
      while (!isOver) {
        asked++;
        expect(await named('x')).toHaveLength(1);
      }
    };
    // Every connection knows the statement before the change.
    await Promise.all(Array.from({ length: CONNECTIONS * 10 }, () => named('x')));
    sent = [];
    const workers = Array.from({ length: CONNECTIONS }, work);
    const until = async (more: number) => {
      const goal = asked + more;
      while (asked < goal) await new Promise(setImmediate);
    };
    await until(50);
    await sql`alter table tags alter column name type text`.execute(watcher.kysely);
    await until(200);
    isOver = true;
    // Nobody has failed.
    await Promise.all(workers);
    const repeated = sent.filter((line) => line.includes('from "tags"')).length - asked;
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThanOrEqual(CONNECTIONS);
  });

  test('counts that wait for a connection are asked once, and see all that was there before', async () => {
    database = await open({ dbPoolSize: CONNECTIONS, dbMaxOverflow: 0, dbEcho: true });
    const counted = (name: string) => alone(() => Tag.objects.filter({ name }).count());
    await alone(() => Tag.objects.create({ name: 'x' }));
    await Promise.all(Array.from({ length: CONNECTIONS * 2 }, () => named('x')));
    sent = [];
    const askers = 50;
    const answers = await Promise.all(Array.from({ length: askers }, (_, index) => counted(index % 2 ? 'x' : 'y')));
    const counts = sent.filter((line) => line.includes('count(*)')).length;
    expect(counts).toBeLessThanOrEqual(CONNECTIONS + 2);
    const known = answers[1];
    expect(known).toBeGreaterThan(0);
    expect(answers).toEqual(answers.map((_, index) => (index % 2 ? known : 0)));

    const writers = Array.from({ length: askers }, async (_, index) => {
      for (let turn = 0; turn < 5; turn++) {
        const before = await alone(() => Tag.objects.filter({ name__startswith: 'seen-' }).count());
        await alone(() => Tag.objects.create({ name: `seen-${index}-${turn}` }));
        const after = await alone(() => Tag.objects.filter({ name__startswith: 'seen-' }).count());
        expect(after).toBeGreaterThan(before);
      }
    });
    await Promise.all(writers);
    expect(await alone(() => Tag.objects.filter({ name__startswith: 'seen-' }).count())).toBe(askers * 5);
  });
});
