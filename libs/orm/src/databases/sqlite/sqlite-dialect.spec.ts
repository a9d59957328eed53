import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/sql';
import { CompiledQuery } from 'kysely';
import { DatabaseBusyError, DatabaseUnreachableError, RawTransactionError } from '../../errors/database.errors.js';
import { parseDatabaseUrl } from '../database-url.js';
import { createDriverOptions } from '../driver-options.js';

const Account = defineEntity({
  name: 'Account',
  properties: {
    id: p.integer().primary(),
    name: p.string().unique(),
    balance: p.integer().default(0),
    isOpen: p.boolean().default(true),
    big: p.bigint('string').nullable(),
    openedAt: p.datetime().nullable(),
  },
});

const orms: MikroORM[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orm-sqlite-'));
});

afterEach(async () => {
  await Promise.all(orms.splice(0).map((orm) => orm.close()));
  rmSync(folder, { recursive: true });
});

async function connect(url: string): Promise<MikroORM> {
  const options = await createDriverOptions(parseDatabaseUrl(url));
  const orm = await MikroORM.init({ ...options, entities: [Account] });
  orms.push(orm);
  await orm.connect();
  return orm;
}

async function withAccount(url: string): Promise<MikroORM> {
  const orm = await connect(url);
  await orm.schema.update();
  await orm.em.fork().insert(Account, { name: 'ann', balance: 1 });
  return orm;
}

describe.each(['file', 'memory'])('an SQLite database in a %s', (place) => {
  const url = () => (place === 'file' ? `sqlite://${folder}/deep/er/app.db` : 'sqlite://:memory:');

  test('serves MikroORM: inserts with generated keys, updates, deletes, bulk', async () => {
    const orm = await withAccount(url());
    const em = orm.em.fork();
    const opened = new Date('2026-03-04T05:06:07.089Z');
    const bob = em.create(Account, { name: 'bob', openedAt: opened, big: '9007199254740993', isOpen: false });
    await em.flush();
    expect(bob.id).toBe(2);
    await em.insertMany(Account, [{ name: 'cid' }, { name: 'dan' }]);
    expect(await em.nativeUpdate(Account, { id: { $gt: 2 } }, { balance: 5 })).toBe(2);
    expect(await em.nativeDelete(Account, { name: 'dan' })).toBe(1);
    const read = await orm.em.fork().findOneOrFail(Account, { name: 'bob' });
    expect(read).toMatchObject({ big: '9007199254740993', isOpen: false, openedAt: opened });
    expect(await orm.em.fork().count(Account)).toBe(3);
  });

  test('nests transactions by savepoints', async () => {
    const orm = await withAccount(url());
    await orm.em.fork().transactional(async (em) => {
      await em.insert(Account, { name: 'kept' });
      const inner = em.transactional(async (nested) => {
        await nested.insert(Account, { name: 'dropped' });
        throw new Error('no');
      });
      await expect(inner).rejects.toThrow('no');
    });
    const names = await orm.em.fork().findAll(Account, { orderBy: { id: 'asc' } });
    expect(names.map(({ name }) => name)).toEqual(['ann', 'kept']);
  });

  test('binds booleans, dates, undefined and integers beyond 2^53', async () => {
    const orm = await withAccount(url());
    const sql = 'insert into account (name, is_open, opened_at, balance, big) values (?, ?, ?, ?, ?) returning big';
    const at = new Date('2026-01-01T00:00:00.001Z');
    const kysely = orm.em.fork().getKysely();
    await kysely.executeQuery(CompiledQuery.raw(sql, ['eve', false, at, 1, 2n ** 60n]));
    await kysely.executeQuery(CompiledQuery.raw('update account set big = ? where name = ?', [undefined, 'ann']));
    const { rows } = await kysely.executeQuery(
      CompiledQuery.raw('select big, is_open, opened_at, balance, sum(big) as total from account where name = ?', [
        'eve',
      ]),
    );
    const big = String(2n ** 60n);
    expect(rows).toEqual([{ big, is_open: 0, opened_at: at.getTime(), balance: 1, total: big }]);
  });

  test('a second EntityManager that writes inside a transaction fails within five seconds and a bit', async () => {
    const orm = await withAccount(url());
    const outcome = orm.em.fork().transactional(async (em) => {
      await em.insert(Account, { name: 'first' });
      await orm.em.fork().insert(Account, { name: 'second' });
    });
    await expect(outcome).rejects.toThrow(DatabaseBusyError);
    expect(await orm.em.fork().count(Account)).toBe(1);
  }, 15_000);

  test('rolls a transaction back that a plain statement opened', async () => {
    const orm = await withAccount(url());
    const kysely = orm.em.fork().getKysely();
    await expect(kysely.executeQuery(CompiledQuery.raw('begin'))).rejects.toThrow(RawTransactionError);
    await expect(kysely.executeQuery(CompiledQuery.raw('begin immediate'))).rejects.toThrow(RawTransactionError);
    await orm.em.fork().insert(Account, { name: 'still works' });
  });

  test('streams rows in chunks', async () => {
    const orm = await withAccount(url());
    await orm.em.fork().insertMany(Account, [{ name: 'b' }, { name: 'c' }]);
    const names: unknown[] = [];
    const stream = orm.em.getConnection().stream('select name from account', [], undefined, undefined, 2);
    for await (const row of stream) names.push(row);
    expect(names).toHaveLength(3);
  });
});

describe('an SQLite file', () => {
  test('lets readers pass while a transaction is open, without its rows', async () => {
    const orm = await withAccount(`sqlite://${folder}/app.db`);
    let seenInside = 0;
    let seenOutside = 0;
    await orm.em.fork().transactional(async (em) => {
      await em.insert(Account, { name: 'uncommitted' });
      seenInside = await em.count(Account);
      seenOutside = await orm.em.fork().count(Account);
    });
    expect({ seenInside, seenOutside }).toEqual({ seenInside: 2, seenOutside: 1 });
    expect(await orm.em.fork().count(Account)).toBe(2);
  });

  test('lets readers pass while more writers wait than there are connections', async () => {
    const orm = await withAccount(`sqlite://${folder}/app.db`);
    let waiting: Promise<unknown[]> = Promise.resolve([]);
    await orm.em.fork().transactional(async () => {
      const add = (index: number) => orm.em.fork().transactional((em) => em.insert(Account, { name: `n${index}` }));
      waiting = Promise.all(Array.from({ length: 40 }, (_, index) => add(index)));
      await Promise.resolve();
      expect(await orm.em.fork().count(Account)).toBe(1);
    });
    await waiting;
    expect(await orm.em.fork().count(Account)).toBe(41);
  });

  test('gives a read-only transaction one unchanging view', async () => {
    const orm = await withAccount(`sqlite://${folder}/app.db`);
    await orm.em.fork().transactional(
      async (em) => {
        expect(await em.count(Account)).toBe(1);
        await orm.em.fork().insert(Account, { name: 'later' });
        expect(await em.count(Account)).toBe(1);
      },
      { readOnly: true },
    );
    expect(await orm.em.fork().count(Account)).toBe(2);
  });

  test('keeps foreign keys checked on the connection that writes', async () => {
    const orm = await connect(`sqlite://${folder}/app.db`);
    const connection = orm.em.getConnection();
    await connection.execute('create table a (id integer primary key)');
    await connection.execute('create table b (a_id integer references a (id))');
    await expect(connection.execute('insert into b values (1)')).rejects.toThrow('FOREIGN KEY');
  });

  test('notices columns that were added after a statement was prepared', async () => {
    const orm = await withAccount(`sqlite://${folder}/app.db`);
    const connection = orm.em.getConnection();
    await connection.execute('select * from account');
    await connection.execute('alter table account add column extra bigint default 9007199254740993');
    const [row] = await connection.execute<Record<string, unknown>[]>('select * from account');
    expect(row?.extra).toBe('9007199254740993');
  });

  test('notices keys that came after a table was read', async () => {
    const orm = await withAccount(`sqlite://${folder}/app.db`);
    const connection = orm.em.getConnection();
    await connection.execute('create table pairs (one text, other text)');
    await connection.execute('select * from pairs');
    await connection.execute('create unique index pairs_one on pairs (one)');
    for (let round = 0; round < 2; round++) {
      await connection.execute("insert into pairs values ('a', 'b') on conflict (one) do nothing");
    }
    expect(await connection.execute('select * from pairs')).toEqual([{ one: 'a', other: 'b' }]);
  });

  test('connects again after close', async () => {
    const orm = await withAccount(`sqlite://${folder}/app.db`);
    await orm.close();
    await orm.connect();
    expect(await orm.em.fork().count(Account)).toBe(1);
  });

  test('names the variable when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const outcome = connect(`sqlite://${folder}/file/app.db`);
    await expect(outcome).rejects.toThrow(DatabaseUnreachableError);
    await expect(outcome).rejects.toThrow('DATABASE_URL');
  });
});
