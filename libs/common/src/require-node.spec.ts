import { spawnSync } from 'node:child_process';
import { stripTypeScriptTypes } from 'node:module';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const source = stripTypeScriptTypes(readFileSync(new URL('require-node.ts', import.meta.url), 'utf8'));

const run = (version: string) =>
  spawnSync(
    process.execPath,
    ['-e', `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });${source}`],
    { encoding: 'utf8' },
  );

test('an older Node ends with one line and exit code 1', () => {
  const { status, stderr, stdout } = run('22.20.0');
  expect(status).toBe(1);
  expect(stderr).toBe('Core Framework needs Node 24 or newer; this is Node 22.20.0.\n');
  expect(stdout).toBe('');
});

test.each(['24.0.0', '26.1.0'])('Node %s passes', (version) => {
  expect(run(version)).toMatchObject({ status: 0, stderr: '' });
});
