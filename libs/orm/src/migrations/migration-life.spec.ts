import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { pointToSource } from '../testing/generated-files.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import type { GeneratedMigration } from './migration-folder.js';
import { MigrationService } from './migration.service.js';

@Model({ tableName: 'users' })
class FirstUser extends BaseModel {
  @Field.string({ maxLength: 20, index: true }) phone!: string;
}

@Model({ tableName: 'accounts', checks: {} })
class SecondUser extends BaseModel {
  @Field.string({ maxLength: 20, index: true }) mobile!: string;
  @Field.datetime() seenAt!: Date;
}

let path: string;
let folder: URL;
const open: Database[] = [];

describe.each(await scratchDatabases('orm_life'))('the life of migrations on %s', (kind, { drop, url }) => {
  afterAll(drop);

  beforeEach(async () => {
    path = mkdtempSync(join(tmpdir(), 'orm-life-'));
    folder = pathToFileURL(`${path}/migrations/`);
    await (await serviceOf(FirstUser)).reset();
  });

  afterEach(async () => {
    for (const opened of open.splice(0)) await opened.close();
    rmSync(path, { recursive: true });
  });

  async function database(...models: (typeof FirstUser | typeof SecondUser)[]): Promise<Database> {
    // PGlite opens a folder once.
    for (const opened of open.splice(0)) await opened.close();
    const opened = await openDatabase(models, resolveCoreOrmOptions({ url }));
    open.push(opened);
    return opened;
  }

  const serviceOf = async (...models: Parameters<typeof database>) =>
    new MigrationService((await database(...models)).orm, folder);

  function written(generated: GeneratedMigration | undefined): string {
    if (!generated) throw new Error('nothing was generated');
    pointToSource(generated.file);
    return generated.name;
  }

  /** Writes a migration by hand. */
  function write(name: string, body: string): void {
    const file = new URL(`${name}.ts`, folder);
    const imports = `import { addColumn, Migration, renameColumn, runCode, runSql } from '@core-framework/orm';\n`;
    writeFileSync(file, `${imports}export class Step extends Migration {\n${body}\n}\n`);
    pointToSource(file);
  }

  const addSize = (column: string) =>
    `operations = [addColumn('users', '${column}', { type: 'integer', default: 1 })];`;
  const now = kind === 'sqlite' ? '0' : 'now()';
  const execute = (sql: string) => open.at(-1)?.orm.em.fork().execute<Record<string, unknown>[]>(sql);

  test('a renamed table, a renamed column and a new required one keep every row, there and back', async () => {
    const first = await serviceOf(FirstUser);
    expect(written(await first.generate())).toBe('0001_initial');
    await first.migrate();
    await execute(`insert into users (phone, created_at, updated_at) values ('1', ${now}, ${now})`);
    const second = await serviceOf(SecondUser);
    await expect(second.generate({ renames: { users: 'accounts' } })).rejects.toMatchObject({
      code: 'MIGRATION_QUESTION',
    });
    expect(readdirSync(folder)).toEqual(['0001_initial.ts']);
    const name = written(
      await second.generate({
        renames: { users: 'accounts', 'accounts.phone': 'mobile' },
        fills: { 'accounts.seen_at': '2026-01-02T03:04:05.678Z' },
      }),
    );
    expect(name).toBe('0002_rename_users_to_accounts_and_more');
    expect(readFileSync(new URL(`${name}.ts`, folder), 'utf8')).toContain(`dependencies = ['0001_initial']`);
    expect((await second.check()).missing).toEqual([]);
    await second.migrate();
    expect(await second.check()).toEqual({ pending: [], missing: [], drift: [], isClean: true });
    expect(await second.drift()).toEqual([]);
    expect(await execute('select id, mobile from accounts')).toEqual([{ id: 1, mobile: '1' }]);
    const [row] = (await execute('select seen_at as stored from accounts')) ?? [];
    expect(String(row?.stored)).toMatch(/^(1767323045678|2026-01-02 03:04:05\.678(\+00)?)$/);
    await second.rollback();
    expect(await execute('select id, phone from users')).toEqual([{ id: 1, phone: '1' }]);
    expect(await (await serviceOf(FirstUser)).drift()).toEqual([]);
    await (await serviceOf(SecondUser)).migrate();
    expect(await execute('select mobile from accounts')).toEqual([{ mobile: '1' }]);
  });

  test('check tells pending, missing and hand-made changes apart', async () => {
    const first = await serviceOf(FirstUser);
    expect(await first.check()).toMatchObject({ pending: [], missing: ['create table users'], isClean: false });
    written(await first.generate());
    expect(await first.check()).toMatchObject({ pending: ['0001_initial'], missing: [], drift: [], isClean: false });
    await first.migrate();
    await execute('create table elsewhere (id integer)');
    expect(await first.check()).toMatchObject({ isClean: true });
    await execute(`drop index users_phone_index ${kind === 'mariadb' || kind === 'mysql' ? 'on users' : ''}`);
    const { drift, isClean } = await first.check();
    expect(isClean).toBe(false);
    expect(drift.join()).toMatch(/(create|add) index .users_phone_index./);
  });

  test('two lines of history are a conflict until a migration joins them', async () => {
    const service = await serviceOf(FirstUser);
    written(await service.generate());
    await service.migrate();
    write('0002_a', addSize('a'));
    write('0002_b', addSize('b'));
    await expect(service.migrate()).rejects.toMatchObject({ code: 'MIGRATION_CONFLICT', leaves: ['0002_a', '0002_b'] });
    await expect(service.generate()).rejects.toMatchObject({ code: 'MIGRATION_CONFLICT' });
    expect(written(await service.merge())).toBe('0003_merge_0002_a_and_0002_b');
    expect(await service.merge()).toBeUndefined();
    expect(await service.migrate()).toEqual(['0002_a', '0002_b', '0003_merge_0002_a_and_0002_b']);
    expect(await service.rollback({ to: '0001_initial' })).toEqual([
      '0003_merge_0002_a_and_0002_b',
      '0002_b',
      '0002_a',
    ]);
  });

  test('fake records and forgets, and runs nothing', async () => {
    const service = await serviceOf(FirstUser);
    written(await service.generate());
    expect(await service.migrate({ fake: true })).toEqual(['0001_initial']);
    expect(await service.pending()).toEqual([]);
    await expect(execute('select * from users')).rejects.toThrow('users');
    expect(await service.rollback({ fake: true })).toEqual(['0001_initial']);
    expect(await service.migrate()).toEqual(['0001_initial']);
    expect(await execute('select * from users')).toEqual([]);
  });

  test('it goes up to a migration, back to one, and to zero', async () => {
    const service = await serviceOf(FirstUser);
    written(await service.generate());
    for (const [index, column] of ['a', 'b', 'c'].entries()) write(`000${index + 2}_${column}`, addSize(column));
    expect(await service.migrate({ to: '0003_b' })).toEqual(['0001_initial', '0002_a', '0003_b']);
    await expect(service.migrate({ to: '0002_a' })).rejects.toThrow(/0002_a is applied already/);
    expect((await service.list()).map(({ isApplied }) => isApplied)).toEqual([true, true, true, false]);
    expect((await service.rollbackPlan({ to: '0001_initial' })).map(({ name }) => name)).toEqual(['0003_b', '0002_a']);
    expect(await service.rollback({ to: '0001_initial' })).toEqual(['0003_b', '0002_a']);
    await expect(service.rollback({ to: '0003_b' })).rejects.toThrow(/0003_b is not applied/);
    expect(await service.rollback({ to: 'zero' })).toEqual(['0001_initial']);
    const told: string[] = [];
    const onMigration = (name: string) => told.push(name);
    expect(await service.migrate({ onMigration })).toEqual(told.splice(0));
    expect(await service.rollback({ steps: 2, onMigration })).toEqual(told.splice(0));
    await service.migrate();
    await execute('create view phones as select phone from users');
    expect(await service.reset({ onMigration })).toHaveLength(4);
    expect(told).toHaveLength(4);
    expect(await execute('select * from users')).toEqual([]);
    await expect(execute('select * from phones')).rejects.toThrow('phones');
  });

  test('a squash counts as applied where all it replaces is, and is applied in a new database', async () => {
    const service = await serviceOf(FirstUser);
    written(await service.generate());
    write('0002_a', addSize('a'));
    write('0003_b', `operations = [renameColumn('users', 'a', 'b'), runSql('update users set b = 2', [])];`);
    write('0004_c', addSize('c'));
    await service.migrate({ to: '0003_b' });
    const generated = await service.squash({ to: '0003_b' });
    expect(written(generated)).toBe('0001_squashed_0003_b');
    expect(generated.operations).toEqual(['create table users', 'run SQL update users set b = 2']);
    expect(await service.pending()).toEqual(['0004_c']);
    expect(await service.sqlFor('0002_a')).toHaveLength(1);
    for (const name of ['0001_initial', '0002_a', '0003_b']) rmSync(new URL(`${name}.ts`, folder));
    expect(await service.migrate()).toEqual(['0004_c']);
    expect(await service.rollback({ to: 'zero' })).toEqual(['0004_c', '0001_squashed_0003_b']);
    expect(await service.applied()).toEqual([]);
    expect(await service.migrate()).toEqual(['0001_squashed_0003_b', '0004_c']);
    expect((await service.applied()).map(({ name }) => name)).toContain('0002_a');
    expect(await execute('select b, c from users')).toEqual([]);
  });

  test('code stays out of a squash only when it says that it may', async () => {
    const service = await serviceOf(FirstUser);
    written(await service.generate());
    write('0002_code', 'operations = [runCode(async function fill() {}, async () => {})];');
    write('0003_a', addSize('a'));
    await expect(service.squash({ to: '0003_a' })).rejects.toMatchObject({ code: 'MIGRATION_SQUASH' });
    rmSync(new URL('0002_code.ts', folder));
    write('0002_elidable', 'operations = [runCode(async function fill() {}, async () => {}, { elidable: true })];');
    const again = await serviceOf(FirstUser);
    expect((await again.squash({ to: '0003_a', dryRun: true })).operations).toEqual(['create table users']);
  });

  test('the SQL of one migration needs no database', async () => {
    const service = await serviceOf(FirstUser);
    written(await service.generate());
    write(
      '0002_a',
      `operations = [${addSize('a').slice('operations = ['.length, -2)}, runCode(async function fill() {}, async () => {})];`,
    );
    const up = await service.sqlFor('0002_a');
    expect(up.join('\n')).toMatch(/alter table .users. add .*a.* default 1;\n-- run code fill$/s);
    expect((await service.sqlFor('0002_a', 'down')).join('\n')).toMatch(/^-- run code fill\n/);
    expect(await service.applied()).toEqual([]);
    await expect(service.sqlFor('0009_x')).rejects.toMatchObject({ code: 'MIGRATION_INVALID' });
  });
});
