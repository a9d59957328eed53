import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SourceProcess } from './support/source-process.js';
import { databaseKinds, type ScratchDatabase, scratchDatabase } from './support/databases.js';

const API = 'apps/api/src/main.ts';

let api: SourceProcess | undefined;
let database: ScratchDatabase | undefined;
let blocker: Server | undefined;

afterEach(async () => {
  await api?.[Symbol.asyncDispose]();
  blocker?.close();
  await database?.[Symbol.asyncDispose]();
  api = database = blocker = undefined;
});

describe.each(await databaseKinds())('the sample API on an empty %s', (kind) => {
  test('migrates, seeds, says where it is, answers, keeps its data, and ends with 0 on SIGTERM', async () => {
    database = await scratchDatabase(kind);
    api = new SourceProcess(API, { DATABASE_URL: database.url });
    let url = await api.url();
    expect(api.output).toMatch(/Docs\s+http:\/\/\S+\/docs/);
    expect(api.output).toMatch(kind === 'sqlite' ? /Database\s+sqlite/i : /Database\s+postgres/i);
    expect(api.output).toMatch(/Login\s+\S+@\S+/);
    const first = (await (await fetch(`${url}/api/v1/posts`)).json()) as { count: number; results: unknown[] };
    expect(first.results).toHaveLength(20);
    expect(first.count).toBeGreaterThan(200);
    api.kill('SIGTERM');
    expect(await api.exit).toBe(0);

    api = new SourceProcess(API, { DATABASE_URL: database.url });
    url = await api.url();
    const second = (await (await fetch(`${url}/api/v1/posts`)).json()) as { count: number };
    expect(second.count).toBe(first.count);
  });
});

describe('a start that cannot work ends with 1 and one message', () => {
  const fails = async (env: Record<string, string>, file = API) => {
    api = new SourceProcess(file, env);
    expect(await api.exit).toBe(1);
    expect(api.output).not.toMatch(/^\s+at /m);
    return api.output;
  };

  test('a DATABASE_URL of an unknown kind', async () => {
    const output = await fails({ DATABASE_URL: 'oracle://user:hush@db/app' });
    expect(output).toMatch(/DATABASE_URL/);
    expect(output).toMatch(/sqlite/);
    expect(output).not.toMatch(/hush/);
  });

  test('a database that nobody serves', async () => {
    const output = await fails({ DATABASE_URL: 'postgresql://postgres:hush@127.0.0.1:1/app' });
    expect(output).toMatch(/DATABASE_URL/);
    expect(output).not.toMatch(/hush/);
  });

  test('settings that are wrong, all at once', async () => {
    const output = await fails({ PORT: '99999', DEBUG: 'perhaps', DATABASE_URL: 'sqlite://:memory:' });
    expect(output).toMatch(/PORT/);
    expect(output).toMatch(/DEBUG/);
  });

  test('what a decorator refuses while the files of the application are imported', async () => {
    const output = await fails({ DATABASE_URL: 'sqlite://:memory:' }, 'test/support/refused-app.ts');
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(/^Could not start: @ViewSet of RefusedViewSet .*"pathh"/),
      expect.stringContaining('path'),
      '[VIEWSET_UNKNOWN_OPTION]',
    ]);
  });

  test('a port in use', async () => {
    blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const port = String((blocker.address() as AddressInfo).port);
    const output = await fails({ PORT: port, DATABASE_URL: 'sqlite://:memory:', SEED_WHEN_EMPTY: 'false' });
    expect(output).toMatch(/PORT/);
    expect(output).toContain(port);
  });
});
