import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import * as orm from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the README', () => {
  test('shows the example as it is, and the example runs', async () => {
    expect(read('../README.md')).toContain(read('../examples/shop.ts').trim());
    const { cheapArticles } = await import('../examples/shop.js');
    expect(cheapArticles).toEqual([
      { title: 'Fern', price: '14.00' },
      { title: 'Moss', price: '4.00' },
    ]);
  });

  test('and the guide to migrations show an example that runs', async () => {
    const { applied, generated, isClean, statements, undone } = await import('../examples/members.js');
    expect(applied).toEqual(['0001_initial', '0002_add_phone_to_members', '0003_tidy_emails']);
    expect({ generated, isClean }).toEqual({ generated: undefined, isClean: true });
    expect(statements.join('\n')).toContain("update `members` set `phone` = 'unknown'");
    expect(undone).toEqual(['0003_tidy_emails', '0002_add_phone_to_members']);
  });

  test('leads to a guide whose example runs', async () => {
    const { outcome } = await import('../examples/data.js');
    expect(outcome).toEqual({ total: 5, authors: 2, announced: ['The Odyssey'], loaded: 7 });
  });

  test('leads to the guide to models and queries, whose example runs', async () => {
    const { outcome } = await import('../examples/orm-guide.js');
    expect(outcome).toEqual({
      filled: { isNew: true, written: 1 },
      seen: {
        titles: ['Ferns', 'Moss'],
        newest: { title: 'Ferns', writer__name: 'Ann', publishedAt: new Date('2026-02-01T08:00Z') },
        isKnown: true,
        anns: ['Ferns'],
        shared: 1,
        totals: { articles: 3, reads: 81, mean: 27 },
        writers: [{ name: 'Ann', written: 2, reads: 51 }],
        months: [
          { publishedAt__month: 1, n: 1, read: 1 },
          { publishedAt__month: 2, n: 1, read: 0 },
        ],
      },
      related: ['Ann', 'Green', 'Damp'],
      known: ['Green', 'Damp'],
      shares: 3,
      deleted: { alive: 2, bin: ['Ferns'], all: 3 },
      announced: ['Trees'],
      popular: ['Moss', 'Trees'],
      topics: ['Kept'],
      reports: [3],
      opening: new Date('2026-03-29T07:30Z'),
    });
  });

  test('lists every error that the package exports, and no other', () => {
    const exported = Object.values(orm).filter(
      (value) => typeof value === 'function' && value.prototype instanceof CoreError,
    );
    const families = readdirSync(new URL('./errors/', import.meta.url)).filter((file) => file.endsWith('.errors.ts'));
    const codes = families.flatMap((file) =>
      [...read(`./errors/${file}`).matchAll(/readonly code = '(\w+)'/g)].map(([, code]) => code),
    );
    const listed = [
      ...read('../README.md').matchAll(/^\| `((?:ORM|DATABASE|MIGRATION|FACTORY|SEEDER|FIXTURE)_\w+)`/gm),
    ].map(([, code]) => code);
    expect(new Set(listed)).toEqual(new Set(codes));
    expect(codes).toHaveLength(exported.length);
  });
});
