import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { parseDatabaseUrl } from '../databases/database-url.js';
import { createDriverOptions } from '../databases/driver-options.js';
import { IrreversibleMigrationError, MigrationFailedError, MigrationHistoryError } from '../errors/migration.errors.js';
import { EVERY_TYPE } from '../testing/every-type.entities.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { generateMigration } from './generate-migration.js';
import { Migration, type MigrationClass } from './migration.js';
import { MigrationService } from './migration.service.js';
import { addColumn, alterColumn, dropColumn } from './operations/column-operations.js';
import { addForeignKey, createIndex, dropForeignKey, dropIndex } from './operations/constraint-operations.js';
import { runCode, runSql } from './operations/data-operations.js';
import type { Operation } from './operations/operation.js';
import { createTable, dropTable } from './operations/table-operations.js';

let folder: string;
let orm: MikroORM;

function migration(...operations: Operation[]): MigrationClass {
  return class extends Migration {
    readonly operations = operations;
  };
}

const id = { type: 'integer', primaryKey: true, autoIncrement: true } as const;
const parents = createTable('parents', {
  columns: { id, name: { type: 'string', length: 20 } },
  indexes: { parents_name_unique: { columns: ['name'], unique: true } },
});
const children = createTable('children', {
  columns: { id, parent_id: { type: 'integer' } },
  foreignKeys: {
    children_parent: { columns: ['parent_id'], references: { table: 'parents', columns: ['id'] }, onDelete: 'cascade' },
  },
});
const family = runSql(
  [`insert into parents (name) values ('ann'), ('bob')`, 'insert into children (parent_id) values (1), (1), (2)'],
  [],
);

describe.each(await scratchDatabases('orm_migrations'))('migrations on %s', (kind, { drop, url }) => {
  const rollsBackTables = kind !== 'mariadb' && kind !== 'mysql';
  afterAll(drop);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orm-migrations-'));
    orm = await MikroORM.init({ ...(await createDriverOptions(parseDatabaseUrl(url))), entities: EVERY_TYPE });
    await new MigrationService(orm, {}).reset();
  });

  afterEach(async () => {
    await orm.close();
    rmSync(folder, { recursive: true });
  });

  const count = async (table: string, where = 'true') =>
    Number((await orm.em.fork().execute(`select count(*) as n from ${table} where ${where}`))[0]?.n);
  const service = (...classes: MigrationClass[]) =>
    new MigrationService(
      orm,
      Object.fromEntries(
        classes.map((type, index) => [`000${index + 1}_step`, type] satisfies [string, MigrationClass]),
      ),
    );

  test('apply in order, are recorded, planned and rolled back', async () => {
    const migrations = service(migration(parents), migration(children, family));
    expect(await migrations.pending()).toEqual(['0001_step', '0002_step']);
    const [first] = await migrations.plan();
    expect(first?.steps[0]?.up.join()).toMatch(/create table .parents./);
    expect(await migrations.migrate()).toEqual(['0001_step', '0002_step']);
    expect(await migrations.migrate()).toEqual([]);
    expect((await migrations.applied()).map(({ name }) => name)).toEqual(['0001_step', '0002_step']);
    expect(await count('children')).toBe(3);
    expect(await migrations.rollback()).toEqual(['0002_step']);
    await expect(count('children')).rejects.toThrow('children');
    expect(await migrations.rollback(5)).toEqual(['0001_step']);
    expect(await migrations.applied()).toEqual([]);
  });

  test('altering a parent table keeps every child row', async () => {
    const wider = alterColumn('parents', 'name', { type: 'text', default: 'nobody' });
    const migrations = service(migration(parents, children, family), migration(wider));
    await migrations.migrate();
    expect({ parents: await count('parents'), children: await count('children') }).toEqual({ parents: 2, children: 3 });
    await migrations.rollback();
    expect({ parents: await count('parents'), children: await count('children') }).toEqual({ parents: 2, children: 3 });
    await orm.em.fork().execute('delete from parents where id = 1');
    expect(await count('children')).toBe(1);
    await expect(orm.em.fork().execute('insert into children (parent_id) values (99)')).rejects.toThrow(/foreign key/i);
  });

  test('every operation works there and back', async () => {
    const migrations = service(
      migration(parents, children, family),
      migration(
        addColumn('parents', 'age', { type: 'integer', default: 7 }),
        addColumn('parents', 'note', { type: 'decimal', precision: 8, scale: 3, nullable: true }),
        createIndex('parents', 'parents_age', { columns: ['age', 'name'] }),
        dropIndex('parents', 'parents_name_unique'),
        dropForeignKey('children', 'children_parent'),
        addColumn('children', 'kind', { type: 'enum', values: ['son', 'daughter'], default: 'son' }),
        alterColumn('parents', 'note', { type: 'decimal', precision: 10, scale: 3, default: 0.5 }),
      ),
      migration(
        addForeignKey('children', 'children_parent_again', {
          columns: ['parent_id'],
          references: { table: 'parents', columns: ['id'] },
        }),
        dropColumn('parents', 'age'),
        createTable('pets', { columns: { id } }),
        dropTable('pets'),
      ),
    );
    await migrations.migrate();
    expect(await count('parents', 'note = 0.5')).toBe(2);
    await expect(orm.em.fork().execute(`update children set kind = 'dog'`)).rejects.toThrow(/check|truncated/i);
    await expect(orm.em.fork().execute('delete from parents')).rejects.toThrow(/foreign key/i);
    await migrations.rollback(2);
    expect({ parents: await count('parents'), children: await count('children') }).toEqual({ parents: 2, children: 3 });
    await expect(orm.em.fork().execute(`insert into parents (name) values ('ann')`)).rejects.toThrow(/unique/i);
    await migrations.migrate();
    expect(await count('parents')).toBe(2);
  });

  test('a failing migration names the operation, and leaves nothing behind where changes of tables are rolled back', async () => {
    const broken = migration(
      createTable('toys', { columns: { id } }),
      runSql('insert into parents (name) values (null)'),
    );
    const migrations = service(migration(parents), broken);
    const error: unknown = await migrations.migrate().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MigrationFailedError);
    expect(String(error)).toMatch(/0002_step.*insert into parents.*null/is);
    expect(await migrations.pending()).toEqual(['0002_step']);
    if (rollsBackTables) await expect(count('toys')).rejects.toThrow('toys');
    else expect(error).toMatchObject({ kept: ['create table toys'] });
  });

  test('a foreign key over rows that refer to nothing fails', async () => {
    const orphans = migration(
      createTable('orphans', { columns: { id, parent_id: { type: 'integer' } } }),
      runSql('insert into orphans (parent_id) values (5)'),
      addForeignKey('orphans', 'lost', { columns: ['parent_id'], references: { table: 'parents', columns: ['id'] } }),
    );
    const error: unknown = await service(migration(parents), orphans)
      .migrate()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MigrationFailedError);
    if (rollsBackTables) await expect(count('orphans')).rejects.toThrow('orphans');
    else expect(error).toMatchObject({ kept: ['create table orphans', expect.stringContaining('run SQL')] });
  });

  test('code runs in the transaction of the migration, and needs a way back', async () => {
    const shout = runCode(async function shoutNames({ execute }) {
      for (const { id: key, name } of await execute('select id, name from parents')) {
        await execute('update parents set name = ? where id = ?', [String(name).toUpperCase(), key]);
      }
    });
    const migrations = service(migration(parents, children, family), migration(shout));
    await migrations.migrate();
    expect(await count('parents', `name in ('ANN', 'BOB')`)).toBe(2);
    await expect(migrations.rollback()).rejects.toThrow(IrreversibleMigrationError);
    expect(await migrations.pending()).toEqual([]);
  });

  test('a database that is ahead of the application is refused', async () => {
    await service(migration(parents), migration(children)).migrate();
    await expect(service(migration(parents)).pending()).rejects.toThrow(MigrationHistoryError);
  });

  test('two services that migrate at once do it once', async () => {
    const both = [
      migration(parents, children, family),
      migration(addColumn('parents', 'age', { type: 'integer', nullable: true })),
    ];
    const outcomes = await Promise.all([1, 2, 3].map(() => service(...both).migrate()));
    expect(outcomes.flat().toSorted()).toEqual(['0001_step', '0002_step']);
    expect(await count('parents')).toBe(2);
  });

  test('a generated migration makes exactly the tables of the models', async () => {
    const migrationsFolder = pathToFileURL(`${folder}/migrations`);
    const generated = await generateMigration(orm, migrationsFolder);
    expect(generated?.file.pathname).toMatch(/0001_initial\.ts$/);
    const migrations = new MigrationService(orm, await runnable(generated?.file));
    expect((await migrations.drift()).length).toBeGreaterThan(0);
    await migrations.migrate();
    expect(await migrations.drift()).toEqual([]);
    await orm.em.fork().execute(`insert into authors (email) values ('a@b.c')`);
    await migrations.rollback();
    await migrations.migrate();
    expect(await count('authors')).toBe(0);
  });
});

/** Loads a generated file, whose import of this package resolves nowhere outside of it. */
async function runnable(file: URL | undefined): Promise<Readonly<Record<string, MigrationClass>>> {
  const source = readFileSync(file ?? '', 'utf8');
  const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const imports = [
    `import { createTable } from ${here('./operations/table-operations.ts')};`,
    `import { addForeignKey } from ${here('./operations/constraint-operations.ts')};`,
    `import { Migration } from ${here('./migration.ts')};`,
  ];
  const rewritten = new URL('./runnable.ts', file);
  writeFileSync(rewritten, imports.join('\n') + source.slice(source.indexOf('\n')));
  const { Initial } = (await import(rewritten.href)) as { Initial: MigrationClass };
  return { '0001_initial': Initial };
}
