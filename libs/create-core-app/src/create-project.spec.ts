import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createCommand } from './create-command.js';
import { runCreate } from './run-create.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-core-app-'));
  printed = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function create(...words: string[]): Promise<void> {
  const command = createCommand('create-core-app', {
    folder,
    isInteractive: false,
    note: () => undefined,
    print: (text) => printed.push(text),
  });
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(words, { from: 'user' });
}

describe('create-core-app', () => {
  test('makes a project and says what comes next', async () => {
    await create('shop', '--yes', '--no-install');
    expect(existsSync(join(folder, 'shop', 'src', 'app.module.ts'))).toBe(true);
    expect(existsSync(join(folder, 'shop', '.git'))).toBe(true);
    expect(statSync(join(folder, 'shop', '.env')).mode & 0o077).toBe(0);
    expect(printed.join('\n')).toContain('cd shop\n');
    expect(printed.join('\n')).not.toContain('DATABASE_URL');
  });

  test('says that a server needs the database that the project names', async () => {
    await create('shop', '--yes', '--no-install', '--no-git', '--db', 'postgres');
    expect(printed.join('\n')).toMatch(/cd shop\n.*DATABASE_URL in \.env/);
  });

  test('leaves alone what is there', async () => {
    mkdirSync(join(folder, 'shop'));
    writeFileSync(join(folder, 'shop', 'precious.txt'), 'mine');
    await expect(create('shop', '--no-install')).rejects.toMatchObject({ code: 'CREATE_FOLDER_NOT_EMPTY' });
    expect(existsSync(join(folder, 'shop', 'package.json'))).toBe(false);
  });

  test('refuses names of no package, missing names, unknown choices and folders without tarballs', async () => {
    await expect(create('My Shop')).rejects.toMatchObject({ code: 'CREATE_INVALID_NAME' });
    await expect(create('shop; rm -rf x')).rejects.toMatchObject({ code: 'CREATE_INVALID_NAME' });
    await expect(create()).rejects.toMatchObject({ code: 'CREATE_QUESTION_NEEDED' });
    await expect(create('shop', '--db', 'oracle')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    await expect(create('shop', '--packages', folder)).rejects.toMatchObject({ code: 'CREATE_PACKAGE_NOT_FOUND' });
  });

  test('ends with 2 where the command line is wrong, with 1 where the folder is', async () => {
    const said: unknown[] = [];
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(text) > 0);
    mkdirSync(join(folder, 'shop'));
    writeFileSync(join(folder, 'shop', 'precious.txt'), 'mine');
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(await runCreate(['My Shop'])).toBe(2);
      expect(await runCreate([])).toBe(2);
      expect(await runCreate(['shop', '--nmae'])).toBe(2);
      expect(await runCreate(['shop', '--yes', '--no-install'])).toBe(1);
    } finally {
      process.chdir(before);
      stderr.mockRestore();
    }
    expect(said.join('')).toContain('[CREATE_INVALID_NAME]');
    expect(said.join('')).toContain('[CREATE_FOLDER_NOT_EMPTY]');
  });

  test('tells programs what it made', async () => {
    await create('shop', '--no-install', '--no-git', '--minimal', '--messaging', '--json');
    expect(JSON.parse(printed.join(''))).toMatchObject({
      name: 'shop',
      folder: join(folder, 'shop'),
      choices: { database: 'sqlite', auth: false, messaging: 'memory', tasks: false },
    });
    expect(existsSync(join(folder, 'shop', '.git'))).toBe(false);
  });
});

test('the README lists exactly the codes of the errors', () => {
  const codes = (text: string) => new Set([...text.matchAll(/[`'](CREATE_[A-Z_]+)[`']/g)].map(([, code]) => code));
  expect(codes(read('../README.md'))).toEqual(codes(read('./create.errors.ts')));
});
