import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchMySql } from './scratch-mariadb.js';
import { createScratchPostgres } from './scratch-postgres.js';

/** The databases that suites can run on; `mysql` only where a server is named, since none is installed by default. */
const DATABASE_KINDS = ['sqlite', 'postgresql', 'mariadb', 'mysql', 'pglite'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** An empty database of a test's own. */
export interface ScratchDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Where servers are; the users must be allowed to create databases. */
const MARIADB_URL = process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/mysql';
const MYSQL_URL = process.env.TEST_MYSQL_URL;

/** The databases that `TEST_DATABASES` asks for, the embedded one first. */
export function wantedDatabases(asked = process.env.TEST_DATABASES ?? 'sqlite,postgresql'): readonly DatabaseKind[] {
  const names = new Set(asked.split(',').map((name) => name.trim()));
  const wanted = DATABASE_KINDS.filter((kind) => names.delete(kind));
  if (names.size === 0 && wanted.length > 0) return wanted;
  throw new Error(`TEST_DATABASES takes a list of ${DATABASE_KINDS.join(', ')}, not "${asked}".`);
}

/**
 * The databases that answer, of those that `TEST_DATABASES` asks for, for `describe.each`: those inside the process in
 * files, so that several connections may be opened one after the other.
 */
export async function scratchDatabases(prefix: string): Promise<readonly (readonly [DatabaseKind, ScratchDatabase])[]> {
  const found: [DatabaseKind, ScratchDatabase][] = [];
  for (const kind of wantedDatabases()) {
    const scratch = isInProcess(kind) ? await createFolder(kind) : await createScratchDatabase(kind, prefix);
    if (scratch) found.push([kind, scratch]);
  }
  return found;
}

/** Whether the database lives in the process, with no server. */
function isInProcess(kind: DatabaseKind): kind is 'sqlite' | 'pglite' {
  return kind === 'sqlite' || kind === 'pglite';
}

async function createFolder(kind: 'sqlite' | 'pglite'): Promise<ScratchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'orm-scratch-'));
  return { url: `${kind}://${folder}/app.db`, drop: () => rm(folder, { recursive: true }) };
}

/**
 * Creates an empty database of that kind.
 *
 * Returns `undefined` when no server answers, so that the suite may skip; under `REQUIRE_SERVICES=1` that is an error.
 */
export async function createScratchDatabase(kind: DatabaseKind, prefix: string): Promise<ScratchDatabase | undefined> {
  try {
    switch (kind) {
      case 'sqlite':
        return { url: 'sqlite://:memory:', drop: async () => undefined };
      case 'pglite':
        return { url: 'pglite://memory', drop: async () => undefined };
      case 'postgresql':
        return await createScratchPostgres(prefix);
      case 'mariadb':
        return await createScratchMySql(MARIADB_URL, prefix);
      case 'mysql':
        return MYSQL_URL === undefined ? undefined : await createScratchMySql(MYSQL_URL, prefix);
    }
  } catch (error) {
    if (process.env.REQUIRE_SERVICES === '1') throw error;
    return undefined;
  }
}
