import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SERVING } from './support/command-exercises.js';
import { isGroupRunning, ServingProcess } from './support/serving-process.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CORE = join(ROOT, 'libs/cli/bin/core.mjs');
const CREATE = join(ROOT, 'libs/create-core-app/bin/create-core-app.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what serves until it is told to stop, by its right line', () => {
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    const { PATH, HOME } = process.env;
    const url = `sqlite://${join(folder, 'app.db')}`;
    env = { PATH, HOME, DATABASE_URL: url, AUTH_PASSWORD_HASHER: 'scrypt', SEED_WHEN_EMPTY: 'false' };
    await using migration = new ServingProcess(process.execPath, [CORE, 'migrate'], { cwd: ROOT, env });
    await migration.says(/Applied/);
    await migration.exit;
  }, 120_000);

  test.each(Object.values(SERVING))(
    'Ctrl-C has core $right finish what is in work, end with 0 and leave no process behind',
    async ({ right, says }) => {
      await using server = new ServingProcess(process.execPath, [CORE, ...right.split(' ')], { cwd: ROOT, env });
      await server.says(says);
      server.interrupt();
      expect([await server.exit, server.isRunning]).toEqual([0, false]);
      expect(server.output).toContain('finishing what is in work');
    },
    120_000,
  );

  test('Ctrl-C ends a command that does one thing at once', async () => {
    const code = 'new Promise(() => { console.log("waiting"); setInterval(() => {}, 1000); })';
    await using shell = new ServingProcess(process.execPath, [CORE, 'shell', '-e', code], { cwd: ROOT, env });
    await shell.says(/waiting/);
    shell.interrupt();
    // By the signal itself, for which shells say 130.
    expect([await shell.exit, shell.isRunning]).toEqual([null, false]);
  }, 120_000);
});

describe('a project that is being made', () => {
  /** Stands for npm, which takes long: writes something, and works on in a process of its own. */
  const NPM = '#!/bin/sh\nmkdir -p node_modules/some && echo $$ > ../npm.pid\nsleep 600 &\nwait\n';
  let env: Record<string, string | undefined>;
  let project: string;

  beforeEach(() => {
    const programs = join(folder, 'programs');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, 'npm'), NPM);
    chmodSync(join(programs, 'npm'), 0o755);
    env = { HOME: process.env.HOME, PATH: [programs, process.env.PATH].join(delimiter) };
    project = join(folder, 'work', 'blog');
    rmSync(join(folder, 'work'), { recursive: true, force: true });
    mkdirSync(join(folder, 'work'));
  });

  const lines = { 'core init': [CORE, 'init'], 'create-core-app': [CREATE] };
  const making = (words: readonly string[]) =>
    new ServingProcess(process.execPath, [...words, 'blog', '--yes'], { cwd: join(folder, 'work'), env });
  /** Waits until packages are being installed, and answers the group of the program that does it. */
  const installing = async (process: ServingProcess) => {
    await process.says(/Installing packages/);
    const file = join(folder, 'work', 'npm.pid');
    while (!existsSync(file) || readFileSync(file, 'utf8') === '')
      await new Promise((resolve) => setTimeout(resolve, 20));
    return Number(readFileSync(file, 'utf8'));
  };

  test.each(Object.entries(lines))(
    'Ctrl-C while %s installs leaves no project and no process behind, and ends with 130',
    async (_, words) => {
      await using command = making(words);
      const npm = await installing(command);
      expect([existsSync(join(project, 'node_modules/some')), isGroupRunning(npm)]).toEqual([true, true]);
      command.interrupt();
      expect([await command.exit, command.output]).toEqual([
        130,
        expect.stringMatching(/Interrupted: nothing is left of it\.\n$/),
      ]);
      expect([existsSync(project), command.isRunning, isGroupRunning(npm)]).toEqual([false, false, false]);
    },
    120_000,
  );

  test('what was in the folder before stays, and SIGTERM ends with 143', async () => {
    mkdirSync(join(project, '.git'), { recursive: true });
    writeFileSync(join(project, '.git', 'HEAD'), 'ref: refs/heads/main');
    await using command = making(lines['core init']);
    await installing(command);
    command.kill('SIGTERM');
    expect(await command.exit).toBe(143);
    expect([readdirSync(project), readdirSync(join(project, '.git'))]).toEqual([['.git'], ['HEAD']]);
  }, 120_000);
});
