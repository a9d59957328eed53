import { afterAll, expect, test } from '@jest/globals';
import { format } from 'prettier';
import { createScratchPostgres } from '../testing/scratch-postgres.js';
import { walk } from '../testing/migration-walks/migration-walk.js';

const count = Number(process.env.WALKS ?? 6);
const first = Number(process.env.WALKS_SEED ?? 42);
const formatted = (source: string) =>
  format(source, { parser: 'typescript', printWidth: 120, singleQuote: true, trailingComma: 'all' });
const scratch = await createScratchPostgres('orm_walks');

afterAll(async () => scratch?.drop());

/** `npm run test:walks -- --walks 200 --seed 42` takes more of them, or others. */
test.each(scratch ? ['sqlite', 'postgresql'] : ['sqlite'])(
  `${count} random walks from seed ${first} on %s lose no row and no constraint`,
  async (dialect) => {
    let migrations = 0;
    for (let seed = first; seed < first + count; seed++) {
      migrations += await walk({ seed, url: dialect === 'postgresql' ? scratch?.url : undefined, format: formatted });
    }
    expect(migrations).toBeGreaterThan(count);
  },
  60_000 + count * 10_000,
);
