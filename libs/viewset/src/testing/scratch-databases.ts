import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import pg from 'pg';

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/**
 * Empty databases for the suite of a file, with their names: SQLite always, PostgreSQL when a server answers. They are
 * dropped after the suite.
 */
export async function scratchUrls(): Promise<[name: string, url: string][]> {
  const urls: [string, string][] = [['sqlite', 'sqlite://:memory:']];
  const name = `viewset_${randomBytes(6).toString('hex')}`;
  try {
    await onServer(`create database ${name}`);
  } catch (error) {
    if (process.env.REQUIRE_SERVICES) throw error;
    return urls;
  }
  afterAll(() => onServer(`drop database ${name} with (force)`));
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return [...urls, ['postgresql', url.href]];
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
