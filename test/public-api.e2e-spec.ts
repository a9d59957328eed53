import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const LIBS = new URL('../libs/', import.meta.url);

/** The entries of a lib that code can import, by the name it imports. */
function entries(lib: string): string[] {
  const { name, exports } = JSON.parse(readFileSync(new URL(`${lib}/package.json`, LIBS), 'utf8')) as {
    name: string;
    exports: Record<string, unknown>;
  };
  return (
    Object.entries(exports)
      // What has only a default is for Node alone: a loader, which hooks into it.
      .filter(([, target]) => typeof target === 'object' && target !== null && '@core-framework/source' in target)
      .map(([entry]) => entry)
      .map((entry) => name + entry.slice(1))
  );
}

// What is exported is a promise. `npm run api` accepts a change that is meant.
test.each(readdirSync(LIBS).flatMap(entries))('%s exports what it did', async (entry) => {
  expect(Object.keys((await import(entry)) as object).toSorted((a, b) => (a < b ? -1 : 1))).toMatchSnapshot();
});
