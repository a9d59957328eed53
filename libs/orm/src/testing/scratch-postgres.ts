import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { ScratchDatabase } from './scratch-database.js';

/**
 * Creates an empty PostgreSQL database on the server of `TEST_POSTGRES_URL` (default: the local one).
 *
 * Returns `undefined` when no server answers, so that the suite may skip; under `REQUIRE_SERVICES=1` that is an error.
 */
export async function createScratchPostgres(prefix: string): Promise<ScratchDatabase | undefined> {
  const server = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  try {
    await onServer(server, `create database "${name}"`);
  } catch (error) {
    if (process.env.REQUIRE_SERVICES === '1') throw error;
    return undefined;
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database "${name}" with (force)`) };
}

async function onServer(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
