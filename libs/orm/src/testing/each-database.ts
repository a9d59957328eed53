import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import type { Database, SqlDialect } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import type { ModelClass } from '../fields/field-definition.js';
import { EVERYTHING } from '../querysets/query-state.js';
import { QuerySet } from '../querysets/query-set.js';
import { createScratchDatabase, type DatabaseKind, type ScratchDatabase, wantedDatabases } from './scratch-database.js';

/** What a suite that runs on every database is given. */
export interface DatabaseUnderTest {
  readonly kind: DatabaseKind;
  /** The SQL that it speaks. */
  readonly dialect: SqlDialect;
  readonly isMySql: boolean;
  /** Whether several transactions may write at once. */
  readonly isServer: boolean;
  readonly database: Database;
  /** Runs work in a unit of its own, as a request would. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** The databases that answer, of those that `TEST_DATABASES` asks for. */
const SCRATCH: [DatabaseKind, ScratchDatabase][] = [];
for (const kind of wantedDatabases()) {
  const scratch = await createScratchDatabase(kind, 'orm_core');
  if (scratch) SCRATCH.push([kind, scratch]);
}

/** Rows that are soft-deleted, too. */
const EVERY_ROW = { ...EVERYTHING, deleted: 'with' } as const;

/** Declares a suite once per database; every test starts with empty tables. */
export function describeEachDatabase(models: readonly ModelClass[], suite: (under: DatabaseUnderTest) => void): void {
  describe.each(SCRATCH)('on %s', (kind, { url, drop }) => {
    let database: Database;
    beforeAll(async () => {
      database = await openDatabase(models, resolveCoreOrmOptions({ url, schema: 'update' }));
    });
    beforeEach(async () => {
      // Models that are pointed to come first in the list; deleting is much faster than truncating.
      for (const model of models.toReversed())
        await runInContext(() => new QuerySet(model, EVERY_ROW).delete(), { database });
    });
    afterAll(async () => {
      await database?.close();
      await drop();
    });
    suite({
      kind,
      dialect: kind === 'pglite' ? 'postgresql' : kind,
      isMySql: kind === 'mariadb' || kind === 'mysql',
      isServer: kind !== 'sqlite' && kind !== 'pglite',
      get database() {
        return database;
      },
      run: (work) => runInContext(work, { database }),
    });
  });
}
