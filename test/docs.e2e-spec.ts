import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const find = (...patterns: string[]) =>
  globSync(patterns, { cwd: fileURLToPath(ROOT), exclude: (path) => path.includes('node_modules') });

const pages = find('*.md', 'docs/*.md', 'libs/*/README.md', 'apps/*/README.md', 'schematics/README.md').toSorted();
const guides = pages.filter((page) => page.startsWith('docs/'));
const BLOCK = /(?:<!-- (?<source>\S+) -->\n\n)?```(?:ts|typescript)\n(?<code>.*?)```/gs;

/** Code that the type check looks at, without its indentation. */
const compiled = find(
  'examples/*.ts',
  'docs/examples/*.ts',
  'libs/*/examples/**/*.ts',
  'schematics/examples/*.ts',
  'apps/*/src/**/*.ts',
  'test/**/*.ts',
).map((path) => flat(read(path)));

/** Lines as they are whatever function they stand in. */
function flat(code: string): string {
  return code
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

describe.each(pages)('%s', (page) => {
  const blocks = [...read(page).matchAll(BLOCK)].map(({ groups }) => groups ?? {});

  test('shows TypeScript that is compiled as it stands', () => {
    // The tutorial's own test writes its files into a project and compiles that.
    const shown = page === 'docs/tutorial.md' ? [] : blocks;
    const foreign = shown.filter(({ code = '' }) => !compiled.some((text) => text.includes(flat(code))));
    expect(foreign.map(({ code }) => code)).toEqual([]);
  });

  test('shows code of a file as that file has it', () => {
    for (const { source, code = '' } of page === 'docs/tutorial.md' ? [] : blocks) {
      if (source !== undefined) expect(flat(read(source))).toContain(flat(code));
    }
  });

  test('links to files that exist, and to headings that they have', () => {
    for (const { groups } of read(page).matchAll(/\]\((?!https?:)(?<path>[^)#]*)(?:#(?<heading>[^)]+))?\)/g)) {
      const target = groups!.path === '' ? new URL(page, ROOT) : new URL(groups!.path!, new URL(page, ROOT));
      expect([groups!.path, existsSync(target)]).toEqual([groups!.path, true]);
      const text = target.pathname.endsWith('.md') ? readFileSync(target, 'utf8') : '';
      if (groups!.heading) expect(headingsOf(text)).toContain(groups!.heading);
    }
  });
});

/** The anchors of a page, as GitHub makes them. */
function headingsOf(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('the index names every guide, and the README the index', () => {
  const index = read('docs/README.md');
  for (const guide of guides) {
    if (guide !== 'docs/README.md') expect(index).toContain(`(${guide.replace('docs/', '')})`);
  }
  expect(read('README.md')).toContain('(docs/README.md)');
});

test('every package has a page of the guide that links to its README', () => {
  const texts = guides.filter((guide) => guide !== 'docs/README.md').map(read);
  for (const readme of find('libs/*/README.md', 'schematics/README.md')) {
    expect([readme, texts.some((text) => text.includes(`(../${readme})`))]).toEqual([readme, true]);
  }
});
