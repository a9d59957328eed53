import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';

/** An empty database of a suite's own. */
export interface ScratchDatabase {
  readonly kind: string;
  readonly url: string;
  drop(): Promise<void>;
}

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const MARIADB = process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/mysql';

const MAKERS: Readonly<Record<string, () => Promise<ScratchDatabase>>> = {
  sqlite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'core-tasks-'));
    return {
      kind: 'sqlite',
      url: `sqlite://${folder}/app.db`,
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  postgresql: () => onServer('postgresql', POSTGRES, onPostgres),
  mariadb: () => onServer('mariadb', MARIADB, onMariaDb),
};

/** One database of each kind that `TEST_DATABASES` asks for and that answers; under `REQUIRE_SERVICES=1` all must. */
export async function scratchDatabases(): Promise<readonly ScratchDatabase[]> {
  const asked = (process.env.TEST_DATABASES ?? 'sqlite,postgresql').split(',').map((kind) => kind.trim());
  const made: ScratchDatabase[] = [];
  for (const [kind, make] of Object.entries(MAKERS)) {
    if (!asked.includes(kind)) continue;
    try {
      made.push(await make());
    } catch (error) {
      if (process.env.REQUIRE_SERVICES === '1') throw error;
    }
  }
  return made;
}

async function onServer(
  kind: string,
  server: string,
  run: (url: string, sql: string) => Promise<void>,
): Promise<ScratchDatabase> {
  const name = `core_tasks_${randomBytes(4).toString('hex')}`;
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const force = kind === 'postgresql' ? ' with (force)' : '';
  return { kind, url: url.href, drop: () => run(server, `drop database ${name}${force}`) };
}

async function onPostgres(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function onMariaDb(url: string, sql: string): Promise<void> {
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:'), connectTimeout: 2000 });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
