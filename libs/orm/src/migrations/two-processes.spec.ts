import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { createScratchPostgres } from '../testing/scratch-postgres.js';

const run = promisify(execFile);
const scratch = await createScratchPostgres('orm_race');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orm-race-'));
});

afterEach(() => rmSync(folder, { recursive: true }));
afterAll(async () => scratch?.drop());

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

test.each(scratch ? ['sqlite', 'postgresql'] : ['sqlite'])(
  'three processes that migrate one %s database at once do it once',
  async (dialect) => {
    const url = dialect === 'sqlite' ? `sqlite://${folder}/app.db` : (scratch?.url ?? '');
    const loader = [
      '--conditions=@core-framework/source',
      '--import',
      new URL('../../../../scripts/source-loader.mjs', import.meta.url).href,
    ];
    const options = { cwd: new URL('../../../../', import.meta.url), env: { ...process.env, NODE_OPTIONS: '' } };
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, [...loader, '--input-type=module', '-e', MIGRATE, url], options)),
    );
    const applied = outcomes.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(applied.toSorted()).toEqual(['0001_a', '0002_b', '0003_c']);
  },
  60_000,
);
