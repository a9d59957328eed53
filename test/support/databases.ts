import { createTestDatabase, type TestDatabase } from '@core-framework/testing';

export type { TestDatabase as ScratchDatabase };

/** Where the suites find each database; whom a server's URL names must be allowed to create databases. */
export const SERVERS = {
  sqlite: 'sqlite://',
  postgresql: process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
  mariadb: process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/mysql',
  pglite: 'pglite://',
} as const;

export type DatabaseKind = keyof typeof SERVERS;

const isKind = (name: string): name is DatabaseKind => Object.hasOwn(SERVERS, name);

/**
 * The databases that the suites run on, of those that `TEST_DATABASES` asks for (SQLite and PostgreSQL unless it says
 * otherwise): those that are reachable.
 *
 * @throws Error when one is not reachable although `REQUIRE_SERVICES` is set.
 */
export async function databaseKinds(): Promise<readonly DatabaseKind[]> {
  const wanted = (process.env.TEST_DATABASES ?? 'sqlite,postgresql').split(',').map((name) => name.trim());
  const kinds: DatabaseKind[] = [];
  for (const kind of wanted.filter(isKind)) {
    try {
      if (kind !== 'pglite') await (await createTestDatabase(SERVERS[kind]))[Symbol.asyncDispose]();
      kinds.push(kind);
    } catch (error) {
      if (process.env.REQUIRE_SERVICES) throw new Error(`${kind} is required: ${String(error)}`, { cause: error });
    }
  }
  return kinds;
}

/** Makes an empty database that is dropped on disposal. */
export function scratchDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return createTestDatabase(SERVERS[kind]);
}
