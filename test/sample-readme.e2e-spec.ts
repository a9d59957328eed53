import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { type ScratchDatabase, scratchDatabase } from './support/databases.js';
import { ProcessWatch } from './support/process-watch.js';
import { SourceProcess } from './support/source-process.js';

const README = readFileSync(new URL('../apps/blog/README.md', import.meta.url), 'utf8');
const run = promisify(execFile);

let api: SourceProcess | undefined;
let database: ScratchDatabase | undefined;
afterEach(async () => {
  await api?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test('the session that the README of the blog shows goes as it says', async () => {
  database = await scratchDatabase('sqlite');
  const talkative = { LOG_LEVEL: 'DEBUG', DB_ECHO: 'true' };
  api = new SourceProcess('apps/api/src/main.ts', { DATABASE_URL: database.url, ...talkative });
  const session = /```sh\n(API=.*?)```/s.exec(README)?.[1] ?? '';
  const script = session.replace('http://localhost:8000', await api.url());
  const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', script], {
    env: { PATH: `${process.execPath.replace(/\/[^/]+$/, '')}:${process.env.PATH}` },
  });
  const seen = [
    '"email":"eve@example.com"',
    '"name":"Eve"',
    '"count":1',
    '"title":"First"',
    '"code":"not_found"',
    'Nobody else finds it.',
    '"isPublished":true',
    '"title":"First"',
    '"drafts":',
    '"title":"Imported"',
    '"isCurrent":true',
    '"code":"invalid_token"',
    'Signed out.',
  ];
  expect(
    seen.filter((text, index) => stdout.indexOf(text, index === 0 ? 0 : stdout.indexOf(seen[index - 1]!)) < 0),
  ).toEqual([]);
  api.kill('SIGTERM');
  await api.exit;
  const watch = new ProcessWatch();
  // That of the logins that are there while one develops is told at the start.
  watch.hear(script.replaceAll('Development1', ''), stdout);
  await watch.searchLeavings({ printed: { api: api.output }, databases: [database.url] });
});
