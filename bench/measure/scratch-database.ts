import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const POSTGRES_URL = process.env.BENCH_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** Makes an empty PostgreSQL database (on the server of `BENCH_POSTGRES_URL`) that is dropped when it is disposed of. */
export async function scratchDatabase(): Promise<AsyncDisposable & { readonly url: string }> {
  const name = `core_bench_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query(`create database ${name}`);
  const url = new URL(POSTGRES_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
    },
  };
}
