import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CORE = join(ROOT, 'libs/cli/bin/core.mjs');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operating-'));
  core('migrate');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({
  PATH: process.env.PATH,
  DATABASE_URL: `sqlite://${join(folder, 'app.db')}`,
  SEED_WHEN_EMPTY: 'false',
  LOG_LEVEL: 'error',
});

/** Runs a command on the sample. */
function core(...words: readonly string[]): string {
  const options = { cwd: ROOT, env: environment(), encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync(process.execPath, [CORE, ...words], options);
}

test.each(['api', 'user-api', 'order-api'])('the migrations of %s describe its models', (name) => {
  expect(core('makemigrations', '--check', '--project', name)).toContain('No changes');
});

test('events, the outbox and dead letters are told of', () => {
  expect(core('events')).toMatch(
    /^comment\.created +comment-events +\S.* CommentNotices\.onCommentCreated \(blog-notices\)/m,
  );
  expect(JSON.parse(core('outbox', 'status', '--json'))).toMatchObject({ pending: 0, failed: 0 });
  expect(core('topics', 'list', '--json')).toBe('[]\n');
  expect(core('dlq', 'list', '--json')).toBe('[]\n');
  expect(() => core('topics', 'delete', 'nothing', '--yes')).toThrow('nothing');
});

test('a task that is enqueued by hand is run by a worker, which ends on SIGTERM', async () => {
  const { tasks } = JSON.parse(core('tasks', 'list', '--json')) as { tasks: { name: string; timing?: string }[] };
  const periodic = tasks.find(({ timing }) => timing !== undefined)?.name ?? '';
  const id = core('tasks', 'run', periodic).trim();
  const status = () => (JSON.parse(core('tasks', 'show', id)) as { status: string }).status;
  expect(status()).toBe('waiting');
  expect(() => core('tasks', 'run', 'Nobody.nothing')).toThrow('There is no task');

  const worker = spawn(process.execPath, [CORE, 'worker', '--concurrency', '1'], { cwd: ROOT, env: environment() });
  try {
    while (status() === 'waiting' || status() === 'running') expect(worker.exitCode).toBeNull();
    expect(status()).toBe('succeeded');
  } finally {
    worker.kill('SIGTERM');
    expect((await once(worker, 'exit'))[0]).toBe(0);
  }
}, 120_000);

test('doctor finds a database that is away', () => {
  const options = {
    cwd: ROOT,
    env: { ...environment(), DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c' },
    encoding: 'utf8',
  } as const;
  expect(() => execFileSync(process.execPath, [CORE, 'doctor'], { ...options, stdio: 'pipe' })).toThrow('1 of');
  expect(core('doctor')).toMatch(/^✓ Database: sqlite:/m);
});

test('docker/ is what core deploy makes of this repository', () => {
  const { files } = JSON.parse(core('deploy', 'docker', '--out', 'docker', '--dry-run', '--json')) as {
    files: { path: string; outcome: string }[];
  };
  expect(files).toEqual(
    ['docker/Dockerfile', '.dockerignore', 'docker/compose.yml'].map((path) => ({ path, outcome: 'identical' })),
  );
});

test('a command ends where the server of its database does not answer', () => {
  const env = { ...environment(), DATABASE_URL: 'mysql://a:b@127.0.0.1:1/c' };
  const options = { cwd: ROOT, env, encoding: 'utf8', stdio: 'pipe', timeout: 60_000 } as const;
  expect(execFileSync(process.execPath, [CORE, 'routes', '--json'], options)).toContain('/api/v1/posts');
}, 90_000);
