import { afterAll, describe, expect, test } from '@jest/globals';
import { format } from 'prettier';
import { scratchDatabases } from '../testing/scratch-database.js';
import { walk } from '../testing/migration-walks/migration-walk.js';

const count = Number(process.env.WALKS ?? 6);
const first = Number(process.env.WALKS_SEED ?? 42);
const formatted = (source: string) =>
  format(source, { parser: 'typescript', printWidth: 120, singleQuote: true, trailingComma: 'all' });

/** `npm run test:walks -- --walks 200 --seed 42` takes more of them, or others. */
describe.each(await scratchDatabases('orm_walks'))('on %s', (_kind, { drop, url }) => {
  afterAll(drop);

  test(
    `${count} random walks from seed ${first} lose no row and no constraint`,
    async () => {
      let migrations = 0;
      for (let seed = first; seed < first + count; seed++) migrations += await walk({ seed, url, format: formatted });
      expect(migrations).toBeGreaterThan(count);
    },
    60_000 + count * 10_000,
  );
});
