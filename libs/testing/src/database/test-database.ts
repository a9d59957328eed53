import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDriverOptions, MikroORM, parseDatabaseUrl } from '@core-framework/orm';

/** An empty database that lives as long as a suite. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/**
 * Makes an empty database beside the one that `url` names: on a server one with a random name (whoever `url` logs in as must be
 * allowed to create databases), for SQLite a file and for PGlite a folder in the temporary folder. Disposing of it drops it.
 *
 * @throws DatabaseUnreachableError when the server does not answer
 */
export async function createTestDatabase(url = 'sqlite://'): Promise<TestDatabase> {
  const { dialect } = parseDatabaseUrl(url);
  return dialect === 'sqlite' || dialect === 'pglite' ? createFiles(dialect) : createOnServer(url);
}

async function createFiles(dialect: 'sqlite' | 'pglite'): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'core-testing-'));
  return {
    url: `${dialect}://${join(folder, 'test.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function createOnServer(server: string): Promise<TestDatabase> {
  const name = `core_test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const force = parseDatabaseUrl(server).dialect === 'postgresql' ? ' with (force)' : '';
  return { url: url.href, [Symbol.asyncDispose]: () => onServer(server, `drop database if exists ${name}${force}`) };
}

async function onServer(server: string, sql: string): Promise<void> {
  const orm = new MikroORM({
    ...(await createDriverOptions(parseDatabaseUrl(server))),
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
  try {
    await orm.connect();
    await orm.driver.getConnection().execute(sql);
  } finally {
    await orm.close(true);
  }
}
