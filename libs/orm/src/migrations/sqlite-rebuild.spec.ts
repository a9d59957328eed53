import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { parseDatabaseUrl } from '../databases/database-url.js';
import { createDriverOptions } from '../databases/driver-options.js';
import { Migration, type MigrationClass } from './migration.js';
import { MigrationService } from './migration.service.js';
import { addColumn, alterColumn } from './operations/column-operations.js';
import { runSql } from './operations/data-operations.js';
import type { Operation } from './operations/operation.js';
import { createTable } from './operations/table-operations.js';

let folder: string;
let orm: MikroORM;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orm-rebuild-'));
  const options = await createDriverOptions(parseDatabaseUrl(`sqlite://${folder}/app.db`));
  orm = await MikroORM.init({ ...options, entities: [], discovery: { warnWhenNoEntities: false } });
});

afterEach(async () => {
  await orm.close();
  rmSync(folder, { recursive: true });
});

const execute = (sql: string) => orm.em.fork().execute<Record<string, unknown>[]>(sql);

function step(...operations: Operation[]): MigrationClass {
  return class extends Migration {
    readonly operations = operations;
  };
}

const trees = createTable('trees', {
  columns: {
    id: { type: 'integer', primaryKey: true, autoIncrement: true },
    parent_id: { type: 'integer', nullable: true },
    name: { type: 'string', nullable: true },
    path: { type: 'string', default: '/' },
  },
  foreignKeys: {
    trees_parent: { columns: ['parent_id'], references: { table: 'trees', columns: ['id'] }, onDelete: 'cascade' },
  },
});

test('a rebuilt table keeps rows, triggers, counters and references to itself, and fills what became required', async () => {
  await new MigrationService(orm, {
    '0001_a': step(
      trees,
      runSql([
        `insert into trees (parent_id, name) values (null, 'root'), (1, null), (2, 'leaf'), (null, 'gone')`,
        'delete from trees where id = 4',
        'create trigger trees_log after update on trees begin select 1; end',
      ]),
    ),
    '0002_b': step(alterColumn('trees', 'name', { type: 'string', default: 'unnamed' })),
  }).migrate();

  expect(await execute('select id, parent_id, name from trees order by id')).toEqual([
    { id: 1, parent_id: null, name: 'root' },
    { id: 2, parent_id: 1, name: 'unnamed' },
    { id: 3, parent_id: 2, name: 'leaf' },
  ]);
  expect(await execute(`select name from sqlite_master where type = 'trigger'`)).toEqual([{ name: 'trees_log' }]);
  expect(await execute(`insert into trees (name) values ('new') returning id`)).toEqual([{ id: 5 }]);
  await execute('delete from trees where id = 1');
  expect(await execute('select id from trees')).toEqual([{ id: 5 }]);
});

test('foreign keys are checked again after a migration, also after one that failed', async () => {
  const service = new MigrationService(orm, { '0001_a': step(trees), '0002_b': step(runSql('select nonsense')) });
  await expect(service.migrate()).rejects.toThrow('nonsense');
  await expect(execute('insert into trees (parent_id) values (99)')).rejects.toThrow('FOREIGN KEY');
});

test('a required column without a default is refused on a table with rows, in one sentence', async () => {
  const service = new MigrationService(orm, {
    '0001_a': step(trees, runSql(`insert into trees (name) values ('root')`)),
    '0002_b': step(addColumn('trees', 'age', { type: 'integer' })),
  });
  await expect(service.migrate()).rejects.toThrow(/0002_b failed at "add column trees.age".*NOT NULL/);
});
