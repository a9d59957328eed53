import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** Where the suites find PostgreSQL; the user must be allowed to create databases. */
const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** A database made for one suite. */
export interface ScratchDatabase extends AsyncDisposable {
  readonly url: string;
}

export type DatabaseKind = 'sqlite' | 'postgresql';

/**
 * The databases that the suites run on: SQLite always, PostgreSQL when it is reachable.
 *
 * @throws Error when PostgreSQL is not reachable although `REQUIRE_SERVICES` is set.
 */
export async function databaseKinds(): Promise<readonly DatabaseKind[]> {
  const failure = await withPostgres(async () => undefined).catch((error: Error) => error);
  if (!failure) return ['sqlite', 'postgresql'];
  if (process.env.REQUIRE_SERVICES) throw new Error(`PostgreSQL is required: ${failure.message}`, { cause: failure });
  return ['sqlite'];
}

/** The server on which `createTestApp` makes the database of a suite. */
export const SERVERS: Readonly<Record<DatabaseKind, string>> = { sqlite: 'sqlite://', postgresql: POSTGRES_URL };

/** Makes an empty database that is dropped on disposal. */
export async function scratchDatabase(kind: DatabaseKind): Promise<ScratchDatabase> {
  return kind === 'sqlite' ? scratchSqlite() : scratchPostgres();
}

async function scratchSqlite(): Promise<ScratchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'core-e2e-'));
  return {
    url: `sqlite://${join(folder, 'app.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function scratchPostgres(): Promise<ScratchDatabase> {
  const name = `core_e2e_${randomBytes(6).toString('hex')}`;
  await withPostgres((client) => client.query(`create database ${name}`));
  const url = new URL(POSTGRES_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await withPostgres((client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function withPostgres<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
