import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the package is published with every template and schema that its generators read', () => {
  const printed = execFileSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: PACKAGE,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const [{ files }] = JSON.parse(printed) as [{ files: { path: string }[] }];
  const published = files.map(({ path }) => path);
  const needed = globSync(['src/**/*.template', 'src/**/schema.json'], { cwd: PACKAGE });
  expect(needed.length).toBeGreaterThan(30);
  expect(published).toEqual(expect.arrayContaining([...needed, 'collection.json', 'factories.cjs']));
});
