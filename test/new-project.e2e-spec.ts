import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ProcessWatch } from './support/process-watch.js';
import { ServingProcess } from './support/serving-process.js';

const fileAt = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const CORE = fileAt('../libs/cli/bin/core.mjs');

let folder: string;
let project: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-project-'));
  project = join(folder, 'blog');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, AUTH_PASSWORD_HASHER: 'scrypt', HOST: '127.0.0.1', PORT: '0' };
};

/** Runs a command line of `core` in a process of its own. */
function core(line: string, cwd = project): string {
  return execFileSync(process.execPath, [CORE, ...line.split(' ')], {
    cwd,
    env: environment(),
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

test('from nothing to a resource of one’s own: made, generated, migrated, served', async () => {
  expect(core('init blog --yes --no-install', folder)).toContain('cd blog');
  symlinkSync(fileAt('../node_modules'), join(project, 'node_modules'));
  core('makemigrations --name initial');

  const resource = 'g resource Post -f title:string:required,max:200 -f body:text -m';
  expect(core(resource)).toContain('0002_create_posts');
  expect(core(resource)).not.toMatch(/^(?:CREATE|UPDATE)/m);
  expect(() => core('g resource Tag -f name:strng')).toThrow('Did you mean "string"?');

  const env = { ...environment(), LOG_LEVEL: 'DEBUG', DB_ECHO: 'true' };
  const server = new ServingProcess(process.execPath, [CORE, 'run', '--no-reload'], { cwd: project, env });
  const watch = new ProcessWatch();
  try {
    const api = await server.url();
    const send = async (path: string, body: object, token = '') => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
      return watch.fetch(`${api}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    };
    const account = { email: 'ann@example.com', password: 'correct horse battery' };
    expect((await send('auth/register', account)).status).toBe(201);
    const { access_token: token } = (await (await send('auth/login', account)).json()) as { access_token: string };
    expect((await send('posts', { title: 'First', body: 'Text' })).status).toBe(401);
    expect((await send('posts', { title: 'First', body: 'Text' }, token)).status).toBe(201);
  } finally {
    server.kill('SIGTERM');
    expect(await server.exit).toBe(0);
  }
  const databases = [`sqlite://${join(project, '.data/app.db')}`];
  await watch.searchLeavings({ printed: { server: server.output }, databases });
}, 120_000);
