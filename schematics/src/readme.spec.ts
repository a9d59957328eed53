import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { names } from '../examples/fields.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

test('the README shows the example as it is, and it runs', () => {
  expect(readme).toContain(read('../examples/fields.ts').trim());
  expect(names).toContain('core-resource');
});

test('the README lists exactly the codes of errors', () => {
  const sources = globSync('**/*.ts', { cwd: new URL('.', import.meta.url).pathname }).filter(
    (path) => !path.endsWith('.spec.ts'),
  );
  const thrown = sources.flatMap((path) =>
    [...read(`./${path}`).matchAll(/'(GENERATOR_[A-Z_]+)'/g)].map(([, code]) => code),
  );
  const listed = [...readme.matchAll(/`(GENERATOR_[A-Z_]+)`/g)].map(([, code]) => code);
  expect(new Set(listed)).toEqual(new Set(thrown));
});

test('the guide names every generator, and every rule of fields', () => {
  const guide = read('../../docs/generators.md');
  for (const name of names) expect(guide).toContain(`\`${name}\``);
});
