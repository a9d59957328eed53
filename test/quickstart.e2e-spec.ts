import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { SourceProcess } from './support/source-process.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

let example: SourceProcess | undefined;
afterEach(() => example?.[Symbol.asyncDispose]());

test('the example of the README stands there as it is', () => {
  expect(read('README.md')).toContain(read('examples/notes.ts').trim());
});

test('the example of the README runs', async () => {
  example = new SourceProcess('examples/notes.ts', { DATABASE_URL: 'sqlite://:memory:' });
  const notes = `${await example.url()}/api/v1/notes`;
  const created = await fetch(notes, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Buy milk.' }),
  });
  expect(created.status).toBe(201);
  const page = (await (await fetch(notes)).json()) as { results: object[] };
  expect(page.results).toEqual([await created.json()]);
  expect(
    (await fetch(notes, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status,
  ).toBe(400);
});
