import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const codes = (text: string) => new Set([...text.matchAll(/[`'](CLI_[A-Z_]+)[`']/g)].map(([, code]) => code));

test('the README shows the example as it is', () => {
  expect(read('../README.md')).toContain(read('../examples/shop.ts').trim());
});

test('the README lists exactly the codes of the errors', () => {
  expect(codes(read('../README.md'))).toEqual(codes(read('./errors/cli.errors.ts')));
});
