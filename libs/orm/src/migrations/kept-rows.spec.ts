import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { parseDatabaseUrl } from '../databases/database-url.js';
import { createDriverOptions } from '../databases/driver-options.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { Migration, type MigrationClass } from './migration.js';
import { MigrationService } from './migration.service.js';
import { addColumn, alterColumn, dropColumn } from './operations/column-operations.js';
import { addCheck, addForeignKey, createIndex } from './operations/constraint-operations.js';
import { runSql } from './operations/data-operations.js';
import type { Operation } from './operations/operation.js';
import { renameColumn, renameTable } from './operations/rename-operations.js';
import { createTable } from './operations/table-operations.js';

let orm: MikroORM;

function step(...operations: Operation[]): MigrationClass {
  return class extends Migration {
    readonly operations = operations;
  };
}

const id = { type: 'integer', primaryKey: true, autoIncrement: true } as const;
const reference = (column: string, table: string) => ({
  columns: [column],
  references: { table, columns: ['id'] },
  onDelete: 'cascade' as const,
});

/** A tree in itself, children of it, children of those, and two tables that refer to each other. */
const family = step(
  createTable('trees', {
    columns: { id, up_id: { type: 'integer', nullable: true }, name: { type: 'string', length: 20 } },
    foreignKeys: { trees_up: reference('up_id', 'trees') },
  }),
  createTable('leaves', {
    columns: { id, tree_id: { type: 'integer' } },
    foreignKeys: { leaves_tree: reference('tree_id', 'trees') },
  }),
  createTable('veins', {
    columns: { id, leaf_id: { type: 'integer' } },
    foreignKeys: { veins_leaf: reference('leaf_id', 'leaves') },
  }),
  createTable('hens', { columns: { id, egg_id: { type: 'integer', nullable: true } } }),
  createTable('eggs', {
    columns: { id, hen_id: { type: 'integer' } },
    foreignKeys: { eggs_hen: reference('hen_id', 'hens') },
  }),
  addForeignKey('hens', 'hens_egg', reference('egg_id', 'eggs')),
  runSql(
    [
      `insert into trees (up_id, name) values (null, 'root'), (1, 'branch'), (2, 'twig')`,
      'insert into leaves (tree_id) values (1), (2), (3), (3)',
      'insert into veins (leaf_id) values (1), (4), (4)',
      'insert into hens (egg_id) values (null), (null)',
      'insert into eggs (hen_id) values (1), (2)',
      'update hens set egg_id = id',
    ],
    [],
  ),
);

describe.each(await scratchDatabases('orm_kept'))('on %s', (kind, { drop, url }) => {
  const isMySql = kind === 'mariadb' || kind === 'mysql';
  afterAll(drop);

  beforeEach(async () => {
    const options = await createDriverOptions(parseDatabaseUrl(url));
    orm = await MikroORM.init({ ...options, entities: [], discovery: { warnWhenNoEntities: false } });
    await new MigrationService(orm, {}).reset();
  });

  afterEach(() => orm.close());

  const execute = (sql: string) => orm.em.fork().execute<Record<string, unknown>[]>(sql);
  const counts = async (...tables: string[]) => {
    const found: number[] = [];
    for (const table of tables) found.push(Number((await execute(`select count(*) as n from ${table}`))[0]?.n));
    return found;
  };

  const TABLES = ['trees', 'leaves', 'veins', 'hens', 'eggs'];

  test.each<[string, Operation[]]>([
    ['gets another type', [alterColumn('trees', 'name', { type: 'text' })]],
    ['becomes nullable', [alterColumn('trees', 'name', { type: 'string', length: 20, nullable: true })]],
    ['is dropped', [dropColumn('trees', 'name', { fill: '' })]],
    ['gets a rule', [addCheck('trees', 'named', { not: { column: 'name', eq: '' } })]],
    ['is added, required', [addColumn('trees', 'size', { type: 'integer' }, { fill: 3 })]],
    ['of its key changes, all the way down', [alterColumn('leaves', 'tree_id', { type: 'integer', nullable: true })]],
    [
      'in a circle changes',
      [
        alterColumn('hens', 'egg_id', { type: 'integer', default: 1 }),
        addColumn('eggs', 'size', { type: 'integer' }, { fill: 1 }),
      ],
    ],
  ])('when a column of a parent %s, every row of its children stays, there and back', async (_what, operations) => {
    const service = new MigrationService(orm, { '0001_family': family, '0002_change': step(...operations) });
    await service.migrate();
    expect(await counts(...TABLES)).toEqual([3, 4, 3, 2, 2]);
    await service.rollback();
    expect(await counts(...TABLES)).toEqual([3, 4, 3, 2, 2]);
    expect(await execute('select id, up_id from trees order by id')).toEqual([
      { id: 1, up_id: null },
      { id: 2, up_id: 1 },
      { id: 3, up_id: 2 },
    ]);
    await execute('delete from trees where id = 2');
    await execute('delete from hens where id = 1');
    expect(await counts(...TABLES)).toEqual([1, 1, 1, 1, 1]);
    await expect(execute('insert into veins (leaf_id) values (99)')).rejects.toThrow(/foreign key/i);
  });

  test('renamed tables and columns keep rows, references, rules and indexes', async () => {
    const service = new MigrationService(orm, {
      '0001_family': family,
      '0002_rules': step(
        addCheck('trees', 'named', { column: 'name', gt: '' }),
        createIndex('trees', 'some_trees', {
          columns: ['name'],
          unique: true,
          // MariaDB and MySQL have no rules for some rows only.
          ...(!isMySql && { where: { column: 'name', gt: 'b' } }),
        }),
      ),
      '0003_rename': step(
        renameTable('trees', 'plants'),
        renameColumn('plants', 'name', 'label'),
        renameColumn('plants', 'id', 'number'),
        renameColumn('leaves', 'tree_id', 'plant_id'),
      ),
    });
    await service.migrate();
    expect((await service.check()).drift).toEqual([]);
    await expect(execute(`insert into plants (label) values ('')`)).rejects.toThrow(/check|constraint `named`/i);
    await expect(execute(`insert into plants (label) values ('twig')`)).rejects.toThrow(/unique|duplicate/i);
    await service.rollback();
    expect((await service.check()).drift).toEqual([]);
    await service.migrate();
    await execute('delete from plants where number = 2');
    expect(await counts('plants', 'leaves', 'veins')).toEqual([1, 1, 1]);
  });

  test('an enum takes another value, and goes with its column and its table under other names', async () => {
    const kind = (...values: string[]) => ({ type: 'enum', values, default: 'oak' }) as const;
    const service = new MigrationService(orm, {
      '0001_family': family,
      '0002_kind': step(addColumn('trees', 'kind', kind('oak', 'elm'))),
      '0003_more': step(alterColumn('trees', 'kind', kind('oak', 'elm', "o'ash"))),
      '0004_rename': step(renameColumn('trees', 'kind', 'sort'), renameTable('trees', 'plants')),
    });
    await service.migrate({ to: '0002_kind' });
    await expect(execute(`update trees set kind = 'o''ash' where id = 1`)).rejects.toThrow(/check|truncated/i);
    await service.migrate();
    expect((await service.check()).drift).toEqual([]);
    await execute(`update plants set sort = 'o''ash' where id = 1`);
    await expect(execute(`update plants set sort = 'fir'`)).rejects.toThrow(/check|truncated/i);
    await service.rollback();
    expect((await service.check()).drift).toEqual([]);
    await expect(service.rollback()).rejects.toMatchObject({ operation: 'undo alter column trees.kind', kept: [] });
    await execute(`update trees set kind = 'elm'`);
    await service.rollback({ to: '0001_family' });
    expect(await counts(...TABLES)).toEqual([3, 4, 3, 2, 2]);
  });

  test('a migration that fails in the middle leaves the tables, the rows and the history as they were, or tells what stays', async () => {
    const service = new MigrationService(orm, {
      '0001_family': family,
      '0002_broken': step(
        renameTable('trees', 'plants'),
        addColumn('leaves', 'size', { type: 'bigint', nullable: true }),
        addCheck('plants', 'short', { column: 'name', eq: 'root' }),
      ),
    });
    await expect(service.migrate()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      migration: '0002_broken',
      operation: 'add check short on plants',
      kept: isMySql ? ['rename table trees to plants', 'add column leaves.size'] : [],
    });
    expect(await service.pending()).toEqual(['0002_broken']);
    // Every row is there, under the old name or the new one.
    if (isMySql) return expect(await counts('plants', ...TABLES.slice(1))).toEqual([3, 4, 3, 2, 2]);
    expect(await counts(...TABLES)).toEqual([3, 4, 3, 2, 2]);
    expect((await service.check()).drift).toEqual([]);
  });

  test('points in time, texts, numbers and JSON may fill what becomes required', async () => {
    const service = new MigrationService(orm, {
      '0001_family': family,
      '0002_more': step(
        addColumn('trees', 'seen', { type: 'datetime' }, { fill: '2026-01-02T03:04:05.678Z' }),
        addColumn('trees', 'note', { type: 'json' }, { fill: `{"it's": 1}` }),
        addColumn('trees', 'size', { type: 'decimal', precision: 6, scale: 2 }, { fill: 1.5 }),
        addColumn('trees', 'copy', { type: 'string' }, { fill: { sql: `concat(name, '!')` } }),
      ),
    });
    await service.migrate();
    const [row] = await execute('select seen, note, size, copy from trees where id = 1');
    const at = row?.seen;
    expect(new Date(at as string | number).toISOString()).toBe('2026-01-02T03:04:05.678Z');
    expect({ size: Number(row?.size), copy: row?.copy }).toEqual({ size: 1.5, copy: 'root!' });
    expect(typeof row?.note === 'string' ? JSON.parse(row.note) : row?.note).toEqual({ "it's": 1 });
    await expect(execute(`insert into trees (name) values ('x')`)).rejects.toThrow(/null|default value/i);
  });
});
