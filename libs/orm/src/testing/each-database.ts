import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import type { Database, SqlDialect } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import type { ModelClass } from '../fields/field-definition.js';
import { EVERYTHING } from '../querysets/query-state.js';
import { QuerySet } from '../querysets/query-set.js';
import { createScratchPostgres } from './scratch-postgres.js';

/** What a suite that runs on every database is given. */
export interface DatabaseUnderTest {
  readonly dialect: SqlDialect;
  readonly database: Database;
  /** Runs work in a unit of its own, as a request would. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

const scratch = await createScratchPostgres('orm_core');
const URLS: [SqlDialect, string][] = [['sqlite', 'sqlite://:memory:']];
if (scratch) URLS.push(['postgresql', scratch.url]);

/** Rows that are soft-deleted, too. */
const EVERY_ROW = { ...EVERYTHING, deleted: 'with' } as const;

/** Declares a suite once per database; every test starts with empty tables. */
export function describeEachDatabase(models: readonly ModelClass[], suite: (under: DatabaseUnderTest) => void): void {
  describe.each(URLS)('on %s', (dialect, url) => {
    let database: Database;
    beforeAll(async () => {
      database = await openDatabase(models, resolveCoreOrmOptions({ url, schema: 'update' }));
    });
    beforeEach(async () => {
      // Models that are pointed to come first in the list; deleting is much faster than truncating.
      for (const model of models.toReversed())
        await runInContext(() => new QuerySet(model, EVERY_ROW).delete(), { database });
    });
    afterAll(() => database.close());
    suite({
      dialect,
      get database() {
        return database;
      },
      run: (work) => runInContext(work, { database }),
    });
  });
  afterAll(async () => {
    await scratch?.drop();
  });
}
