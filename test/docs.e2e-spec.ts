import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const guides = readdirSync(new URL('docs', ROOT)).filter((file) => file.endsWith('.md'));
const BLOCK = /(?:<!-- (?<source>\S+) -->\n\n)?```ts\n(?<code>.*?)```/gs;

describe.each(guides)('docs/%s', (guide) => {
  const blocks = [...read(`docs/${guide}`).matchAll(BLOCK)].map(({ groups }) => groups ?? {});

  test.each(blocks.length > 0 ? blocks : [{ source: '', code: '' }])(
    'shows code that stands in the sample: $source',
    ({ source, code }) => {
      if (blocks.length === 0) return expect(read(`docs/${guide}`)).not.toContain('```ts');
      expect(source).toBeDefined();
      expect(read(source!)).toContain(code!.trimEnd());
    },
  );

  test('links to files that exist', () => {
    const links = [...read(`docs/${guide}`).matchAll(/\]\((?!https?:|#)(?<path>[^)#]+)/g)];
    for (const { groups } of links) expect(() => read(`docs/${groups!.path}`)).not.toThrow();
  });
});
