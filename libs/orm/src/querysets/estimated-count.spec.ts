import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Country } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';

describeEachDatabase([Country], (under) => {
  test('estimates a whole table by statistics where there are some, and counts what is small or narrowed', async () => {
    await under.run(() => Country.objects.bulkCreate(['Ada', 'Bel', 'Cid'].map((name) => ({ code: name, name }))));
    await (under.isMySql ? sql`analyze table countries` : sql`analyze`).execute(under.database.kysely);
    await under.run(() => Country.objects.filter({ name: 'Ada' }).delete());
    await under.run(async () => {
      const exact = await Country.objects.count();
      expect(exact).toBe(2);
      expect(await Country.objects.estimatedCount()).toBe(2);
      expect(await Country.objects.estimatedCount({ exactBelow: 1 })).toBe(under.dialect === 'postgresql' ? 3 : 2);
      expect(await Country.objects.filter({ name: 'Bel' }).estimatedCount({ exactBelow: 1 })).toBe(1);
    });
  });
});
