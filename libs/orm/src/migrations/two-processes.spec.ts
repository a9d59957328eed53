import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { scratchDatabases } from '../testing/scratch-database.js';

const run = promisify(execFile);
const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Runs in a process of its own; the migration takes long enough for the other process to meet it. */
const MIGRATE = `
import { MikroORM } from '@mikro-orm/sql';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDatabaseUrl } from ${at('../databases/database-url.ts')};
import { createDriverOptions } from ${at('../databases/driver-options.ts')};
import { Migration } from ${at('./migration.ts')};
import { MigrationService } from ${at('./migration.service.ts')};
import { runCode } from ${at('./operations/data-operations.ts')};
import { createTable } from ${at('./operations/table-operations.ts')};

const options = await createDriverOptions(parseDatabaseUrl(process.argv[1]));
const orm = await MikroORM.init({ ...options, entities: [], discovery: { warnWhenNoEntities: false } });
const step = (table) => class extends Migration {
  operations = [
    createTable(table, { columns: { id: { type: 'integer', primaryKey: true } } }),
    runCode(async ({ execute }) => {
      await sleep(300);
      await execute('insert into ' + table + ' (id) values (1)');
    }),
  ];
};
const service = new MigrationService(orm, { '0001_a': step('a'), '0002_b': step('b'), '0003_c': step('c') });
console.log(JSON.stringify(await service.migrate()));
await orm.close();
`;

const loader = [
  '--conditions=@core-framework/source',
  '--import',
  new URL('../../../../scripts/source-loader.mjs', import.meta.url).href,
];
const options = { cwd: new URL('../../../../', import.meta.url), env: { ...process.env, NODE_OPTIONS: '' } };

describe.each(await scratchDatabases('orm_race'))(
  'three processes that migrate one %s database at once',
  (kind, { drop, url }) => {
    afterAll(drop);

    const migrate = () => run(process.execPath, [...loader, '--input-type=module', '-e', MIGRATE, url], options);
    const applied = (outcomes: readonly { stdout: string }[]) =>
      outcomes.flatMap(({ stdout }) => JSON.parse(stdout) as string[]).toSorted();

    if (kind === 'pglite') {
      test('are one too many: PGlite is of one process, and the others are refused by code', async () => {
        const outcomes = await Promise.allSettled([migrate(), migrate(), migrate()]);
        expect(applied(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])))).toEqual(
          ['0001_a', '0002_b', '0003_c'],
        );
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain("code: 'DATABASE_IN_USE'");
        }
      }, 60_000);
    } else {
      test('do it once', async () => {
        expect(applied(await Promise.all([migrate(), migrate(), migrate()]))).toEqual(['0001_a', '0002_b', '0003_c']);
      }, 60_000);
    }
  },
);
