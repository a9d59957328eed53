import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/sql';
import { Logger } from '@nestjs/common';
import { CompiledQuery } from 'kysely';
import { DatabaseBusyError, DatabaseUnreachableError, TransactionLostError } from '../../errors/database.errors.js';
import { createScratchPostgres } from '../../testing/scratch-postgres.js';
import { parseDatabaseUrl } from '../database-url.js';
import { type ConnectionSettings, createDriverOptions } from '../driver-options.js';
import type { NamedQuery } from './prepared-statements.js';

const Account = defineEntity({
  name: 'Account',
  properties: {
    id: p.integer().primary(),
    name: p.string().unique(),
    days: p.array().columnType('date[]').nullable(),
    openedAt: p.datetime().nullable(),
  },
});

const scratch = await createScratchPostgres('orm_db');
const orms: MikroORM[] = [];

async function connect(settings: ConnectionSettings = {}, url = scratch?.url ?? ''): Promise<MikroORM> {
  const orm = await MikroORM.init({
    ...(await createDriverOptions(parseDatabaseUrl(url), settings)),
    entities: [Account],
  });
  orms.push(orm);
  await orm.connect();
  return orm;
}

function named(statementName: string, sql: string, parameters: unknown[] = []): NamedQuery {
  return { ...CompiledQuery.raw(sql, parameters), statementName };
}

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(orms.splice(0).map((orm) => orm.close()));
});

(scratch === undefined ? describe.skip : describe)('a PostgreSQL database', () => {
  beforeAll(async () => {
    await (await connect()).schema.update();
  });

  afterAll(async () => {
    await Promise.all(orms.splice(0).map((orm) => orm.close()));
    await scratch?.drop();
  });

  test('serves MikroORM: generated keys, dates, savepoints, streams', async () => {
    const orm = await connect();
    const openedAt = new Date('2026-03-04T05:06:07.089Z');
    const em = orm.em.fork();
    const ann = em.create(Account, { name: 'ann', openedAt, days: ['2026-01-02'] });
    await em.flush();
    expect(ann.id).toBe(1);
    await orm.em.fork().transactional(async (outer) => {
      const inner = outer.transactional(async (nested) => {
        await nested.insert(Account, { name: 'dropped' });
        throw new Error('no');
      });
      await expect(inner).rejects.toThrow('no');
      await outer.insert(Account, { name: 'kept' });
    });
    const all = await orm.em.fork().findAll(Account, { orderBy: { name: 'asc' } });
    expect(all.map(({ name }) => name)).toEqual(['ann', 'kept']);
    expect(all[0]).toMatchObject({ openedAt, days: ['2026-01-02'] });
    const names: unknown[] = [];
    const stream = orm.em.getConnection().stream('select name from account', [], undefined, undefined, 1);
    for await (const row of stream) names.push(row);
    expect(names).toHaveLength(2);
  });

  test('prepares a query once under its name', async () => {
    const kysely = (await connect({ dbPoolSize: 1, dbMaxOverflow: 0 })).em.fork().getKysely();
    for (const value of [1, 2]) await kysely.executeQuery(named('double', 'select $1::int * 2 as twice', [value]));
    const { rows } = await kysely.executeQuery(CompiledQuery.raw('select name, statement from pg_prepared_statements'));
    expect(rows).toEqual([{ name: 'double', statement: 'select $1::int * 2 as twice' }]);
  });

  test('sends a query again under a new name when the table changed beneath its plan', async () => {
    const kysely = (await connect({ dbPoolSize: 1, dbMaxOverflow: 0 })).em.fork().getKysely();
    await kysely.executeQuery(CompiledQuery.raw('create table shape (a integer)'));
    await kysely.executeQuery(CompiledQuery.raw('insert into shape values (1)'));
    const all = named('all_shapes', 'select * from shape');
    await kysely.executeQuery(all);
    await kysely.executeQuery(CompiledQuery.raw('alter table shape alter column a type text'));
    expect((await kysely.executeQuery(all)).rows).toEqual([{ a: '1' }]);
    await kysely.executeQuery(CompiledQuery.raw('deallocate all'));
    expect((await kysely.executeQuery(all)).rows).toEqual([{ a: '1' }]);
  });

  test('fails inside a transaction whose plan went stale, and recovers in the next', async () => {
    const kysely = (await connect({ dbPoolSize: 1, dbMaxOverflow: 0 })).em.fork().getKysely();
    await kysely.executeQuery(CompiledQuery.raw('create table form (a integer)'));
    const all = named('all_forms', 'select * from form');
    await kysely.executeQuery(all);
    await kysely.executeQuery(CompiledQuery.raw('alter table form alter column a type text'));
    const inTransaction = () => kysely.transaction().execute((trx) => trx.executeQuery(all));
    await expect(inTransaction()).rejects.toMatchObject({ code: '0A000' });
    expect((await inTransaction()).rows).toEqual([]);
  });

  test('a second EntityManager awaited inside a transaction fails coded when all connections are taken', async () => {
    const orm = await connect({ dbPoolSize: 1, dbMaxOverflow: 0 });
    const outcome = orm.em.fork().transactional(async (em) => {
      await em.count(Account);
      await orm.em.fork().count(Account);
    });
    await expect(outcome).rejects.toThrow(DatabaseBusyError);
    expect(await orm.em.fork().count(Account)).toBeGreaterThanOrEqual(0);
  }, 15_000);

  test('reports a commit that PostgreSQL turned into a rollback', async () => {
    const orm = await connect();
    const outcome = orm.em.fork().transactional(async (em) => {
      await em.insert(Account, { name: 'lost' });
      await em.insert(Account, { name: 'lost' }).catch(() => undefined);
    });
    await expect(outcome).rejects.toThrow(TransactionLostError);
  });

  test('survives a connection that the server drops inside a transaction', async () => {
    const orm = await connect({ dbPoolSize: 1, dbMaxOverflow: 0 });
    const outcome = orm.em.fork().transactional((em) => em.execute('select pg_terminate_backend(pg_backend_pid())'));
    await expect(outcome).rejects.toThrow(/terminat/i);
    expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('closes connections after use when pooling is off', async () => {
    const orm = await connect({ dbPoolEnabled: false });
    const pid = async () => (await orm.em.fork().execute<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]?.pid;
    expect(await pid()).not.toBe(await pid());
  });

  test('echoes statements without their values', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const orm = await connect({ dbEcho: true });
    await orm.em.fork().find(Account, { name: 'hunter2' });
    const lines = log.mock.calls.flat().join('\n');
    expect(lines).toContain('from "account"');
    expect(lines).not.toContain('hunter2');
  });

  test('names the variable when the database does not exist, without the password', async () => {
    const url = new URL(scratch?.url ?? '');
    url.password = 'hunter2';
    url.pathname = '/no_such_database';
    const orm = await connect({}, url.href);
    const error: unknown = await orm.em
      .fork()
      .count(Account)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    expect(String(error)).toContain('DATABASE_URL');
    expect(String(error)).not.toContain('hunter2');
  });
});

test('a server that does not answer is reported with the variable', async () => {
  const orm = await connect({}, 'postgresql://ann:hunter2@127.0.0.1:1/app');
  const error: unknown = await orm.em
    .fork()
    .count(Account)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatabaseUnreachableError);
  expect(String(error)).toMatch(/DATABASE_URL.*ECONNREFUSED/);
  expect(String(error)).not.toContain('hunter2');
});
