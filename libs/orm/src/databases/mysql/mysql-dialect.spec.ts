import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sql';
import { Logger } from '@nestjs/common';
import { DatabaseBusyError, DatabaseUnreachableError, WrongServerError } from '../../errors/database.errors.js';
import { createScratchDatabase } from '../../testing/scratch-database.js';
import { parseDatabaseUrl } from '../database-url.js';
import { type ConnectionSettings, createDriverOptions } from '../driver-options.js';
import { checkServer } from './server-version.js';

const scratch = await createScratchDatabase('mariadb', 'orm_pool');
const orms: MikroORM[] = [];

async function connect(settings: ConnectionSettings = {}, url = scratch?.url ?? ''): Promise<MikroORM> {
  const options = await createDriverOptions(parseDatabaseUrl(url), settings);
  const orm = new MikroORM({ ...options, entities: [], discovery: { warnWhenNoEntities: false } }) as MikroORM;
  orms.push(orm);
  return orm;
}

const failureOf = (orm: MikroORM) =>
  orm.em
    .fork()
    .execute('select 1')
    .catch((error: unknown) => error);

afterEach(async () => {
  jest.restoreAllMocks();
  for (const orm of orms.splice(0)) await orm.close();
});

(scratch === undefined ? describe.skip : describe)('a MariaDB database', () => {
  afterAll(() => scratch?.drop());

  test('lends as many connections as pool and overflow hold, and fails with a code when all are taken', async () => {
    const orm = await connect({ dbPoolSize: 1, dbMaxOverflow: 1 });
    const nested = (depth: number): Promise<unknown> =>
      orm.em.fork().transactional(async (em) => {
        await em.execute('select 1');
        return depth > 1 ? nested(depth - 1) : 'done';
      });
    expect(await nested(2)).toBe('done');
    await expect(nested(3)).rejects.toThrow(DatabaseBusyError);
    // Nobody kept a connection.
    expect(await nested(2)).toBe('done');
  });

  test('closes connections after use when pooling is off', async () => {
    const orm = await connect({ dbPoolEnabled: false });
    const id = async () => (await orm.em.fork().execute<{ id: number }[]>('select connection_id() as id'))[0]?.id;
    expect(await id()).not.toBe(await id());
    const kept = await connect({ dbPoolSize: 1, dbMaxOverflow: 0 });
    const again = async () => (await kept.em.fork().execute<{ id: number }[]>('select connection_id() as id'))[0]?.id;
    expect(await again()).toBe(await again());
  });

  test('echoes statements without their values', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const orm = await connect({ dbEcho: true, dbPoolSize: 1, dbMaxOverflow: 0 });
    expect(await orm.em.fork().execute('select ? as secret', ['hunter2'])).toEqual([{ secret: 'hunter2' }]);
    const lines = log.mock.calls.flat().join('\n');
    expect(lines).toContain('select ? as secret');
    expect(lines).not.toContain('hunter2');
  });

  test('survives a connection that the server drops inside a transaction', async () => {
    const orm = await connect({ dbPoolSize: 1, dbMaxOverflow: 0 });
    const outcome = orm.em.fork().transactional(async (em) => {
      await em.execute('kill connection_id()').catch(() => undefined);
      await em.execute('select 1');
    });
    await expect(outcome).rejects.toBeInstanceOf(Error);
    expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is refused under the scheme of MySQL, which differs in what it can', async () => {
    const orm = await connect({}, scratch?.url.replace('mariadb:', 'mysql:'));
    const error = await failureOf(orm);
    expect(error).toBeInstanceOf(WrongServerError);
    expect(error).toMatchObject({ code: 'DATABASE_WRONG_SERVER', message: expect.stringContaining('MariaDB 10.') });
  });

  test('names the variable when the database does not exist, without the password', async () => {
    const url = new URL(scratch?.url ?? '');
    url.password = 'hunter2';
    url.pathname = '/no_such_database';
    const error = await failureOf(await connect({}, url.href));
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    expect(String(error)).toContain('DATABASE_URL');
    expect(String(error)).not.toContain('hunter2');
  });
});

test('a server that does not answer is reported with the variable', async () => {
  const error = await failureOf(await connect({}, 'mariadb://ann:hunter2@127.0.0.1:1/app'));
  expect(error).toBeInstanceOf(DatabaseUnreachableError);
  expect(String(error)).toContain('DATABASE_URL');
  expect(String(error)).not.toContain('hunter2');
});

describe('versions of servers', () => {
  test.each([
    ['mariadb', '10.11.6-MariaDB-1'],
    ['mariadb', '10.6.0-MariaDB'],
    ['mysql', '8.0.17'],
    ['mysql', '9.1.0'],
  ] as const)('%s takes %s', (flavour, version) => expect(() => checkServer(flavour, version)).not.toThrow());

  test.each([
    ['mariadb', '10.5.25-MariaDB', 'too old'],
    ['mysql', '8.0.16', 'too old'],
    ['mysql', '5.7.44-log', 'too old'],
    ['mysql', '11.4.2-MariaDB', 'MariaDB 11.4.2'],
    ['mariadb', '8.4.0', 'MySQL 8.4.0'],
  ] as const)('%s refuses %s', (flavour, version, problem) =>
    expect(() => checkServer(flavour, version)).toThrow(problem),
  );
});
