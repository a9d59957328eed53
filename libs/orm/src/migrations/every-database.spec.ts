import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { parseDatabaseUrl } from '../databases/database-url.js';
import { createDriverOptions, type SqlOrm } from '../databases/driver-options.js';
import {
  createScratchDatabase,
  type DatabaseKind,
  type ScratchDatabase,
  wantedDatabases,
} from '../testing/scratch-database.js';
import { Migration, type MigrationClass } from './migration.js';
import { MigrationService } from './migration.service.js';
import { addColumn, alterColumn, dropColumn } from './operations/column-operations.js';
import { addForeignKey, createIndex, dropForeignKey, dropIndex } from './operations/constraint-operations.js';
import { runSql } from './operations/data-operations.js';
import type { Operation } from './operations/operation.js';
import { createTable, dropTable } from './operations/table-operations.js';

const SCRATCH: [DatabaseKind, ScratchDatabase][] = [];
for (const kind of wantedDatabases()) {
  const scratch = await createScratchDatabase(kind, 'orm_steps');
  if (scratch) SCRATCH.push([kind, scratch]);
}

const step = (...operations: Operation[]): MigrationClass =>
  class extends Migration {
    readonly operations = operations;
  };

const key = { type: 'integer', primaryKey: true, autoIncrement: true } as const;
const TABLES = step(
  createTable('parents', {
    columns: { id: key, name: { type: 'string', length: 20 }, note: { type: 'text', nullable: true } },
  }),
  createTable('children', {
    columns: {
      id: key,
      parent_id: { type: 'integer' },
      mood: { type: 'enum', values: ['good', 'bad'], nullable: true },
    },
    indexes: { children_parent_id_index: { columns: ['parent_id'] } },
    foreignKeys: {
      children_parent_id_foreign: {
        columns: ['parent_id'],
        references: { table: 'parents', columns: ['id'] },
        onDelete: 'cascade',
      },
    },
  }),
);
const ROWS = step(
  runSql(
    [
      "insert into parents (name, note) values ('one', null), ('two', 'x; y')",
      "insert into children (parent_id, mood) values (1, 'good'), (1, 'bad'), (2, 'good')",
    ],
    ['delete from children', 'delete from parents'],
  ),
);
const PARENT = step(
  alterColumn('parents', 'name', { type: 'string', length: 60, default: 'nobody; else' }),
  alterColumn('parents', 'note', { type: 'text', default: '' }),
  addColumn('parents', 'size', { type: 'decimal', precision: 12, scale: 2, default: 1.5 }),
);
const REST = step(
  createIndex('parents', 'parents_name_unique', { columns: ['name'], unique: true }),
  createIndex('parents', 'parents_size_index', { columns: ['size', 'name'] }),
  dropIndex('parents', 'parents_size_index'),
  dropForeignKey('children', 'children_parent_id_foreign'),
  addForeignKey('children', 'children_parent_id_foreign', {
    columns: ['parent_id'],
    references: { table: 'parents', columns: ['id'] },
    onDelete: 'cascade',
  }),
  addColumn('children', 'born', { type: 'datetime', nullable: true }),
  dropColumn('children', 'mood'),
  createTable('passing', { columns: { id: key } }),
  dropTable('passing'),
);

describe.each(SCRATCH)('on %s', (kind, { url, drop }) => {
  const open: SqlOrm[] = [];

  async function connect(): Promise<SqlOrm> {
    const options = await createDriverOptions(parseDatabaseUrl(url));
    const orm = (await MikroORM.init({ ...options, entities: [], discovery: { warnWhenNoEntities: false } })) as SqlOrm;
    open.push(orm);
    return orm;
  }

  const countOf = async ({ em }: SqlOrm, table: string) => {
    const [row] = await em.fork().execute<{ count: number }[]>(`select count(*) as count from ${table}`);
    return Number(row?.count);
  };

  afterEach(async () => {
    for (const orm of open.splice(0)) await orm.close(true);
  });
  afterAll(() => drop());

  test('every operation runs there and back, and no child is lost when its parent changes', async () => {
    const orm = await connect();
    const service = new MigrationService(orm, {
      '0001_tables': TABLES,
      '0002_rows': ROWS,
      '0003_parent': PARENT,
      '0004_rest': REST,
    });
    expect(await service.migrate()).toHaveLength(4);
    expect([await countOf(orm, 'parents'), await countOf(orm, 'children')]).toEqual([2, 3]);
    expect(await orm.em.fork().execute("select note, size from parents where name = 'one'")).toEqual([
      { note: '', size: kind === 'sqlite' ? 1.5 : '1.50' },
    ]);
    expect(await service.rollback(2)).toEqual(['0004_rest', '0003_parent']);
    expect([await countOf(orm, 'parents'), await countOf(orm, 'children')]).toEqual([2, 3]);
    await expect(orm.em.fork().execute('select size from parents')).rejects.toThrow('size');
    expect(await service.migrate()).toEqual(['0003_parent', '0004_rest']);
    expect(await countOf(orm, 'children')).toBe(3);
    await orm.em.fork().execute('delete from parents where id = 1');
    expect(await countOf(orm, 'children')).toBe(1);
    await service.rollback(4);
    expect(await service.applied()).toEqual([]);
  });

  test('of two that migrate at once, each migration is applied by one', async () => {
    const first = await connect();
    // A database in memory is that of its connection.
    const second = kind === 'sqlite' || kind === 'pglite' ? first : await connect();
    const source = { '0001_tables': TABLES, '0002_rows': ROWS };
    const applied = await Promise.all([first, second].map((orm) => new MigrationService(orm, source).migrate()));
    expect(applied.flat().toSorted()).toEqual(['0001_tables', '0002_rows']);
    expect(await countOf(first, 'children')).toBe(3);
    await new MigrationService(first, source).rollback(2);
  });

  test('one that fails says what stands', async () => {
    const orm = await connect();
    const source = {
      '0001_fails': step(createTable('kept', { columns: { id: key } }), runSql('select no_such_function()', [])),
    };
    const error: unknown = await new MigrationService(orm, source).migrate().catch((reason: unknown) => reason);
    const stays = kind === 'mariadb' || kind === 'mysql';
    expect(error).toMatchObject({ code: 'MIGRATION_FAILED', kept: stays ? ['create table kept'] : [] });
    const rows = orm.em.fork().execute('select * from kept');
    if (stays) expect(await rows).toEqual([]);
    else await expect(rows).rejects.toThrow('kept');
    if (stays) await orm.em.fork().execute('drop table kept');
  });
});
