import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidMigrationsError } from '../errors/migration.errors.js';
import { Migration } from './migration.js';
import { loadMigrations } from './migration-source.js';

const MIGRATION = `
import { Migration } from ${JSON.stringify(new URL('./migration.ts', import.meta.url).href)};
export class Step extends Migration { operations = []; }
`;

let path: string;
let folder: URL;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'orm-source-'));
  folder = pathToFileURL(path);
});

afterEach(() => rmSync(path, { recursive: true }));

function files(contents: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(path, name), content);
}

class Step extends Migration {
  readonly operations = [];
}

describe('a folder of migrations', () => {
  test('is read in the order of its numbers, other files aside', async () => {
    files({
      '0002_add_phone.ts': MIGRATION,
      '0001_initial.ts': MIGRATION,
      '0001_initial.d.ts': '',
      '0001_initial.js.map': '',
      'notes.md': '',
    });
    const names = (await loadMigrations(folder)).map(({ name }) => name);
    expect(names).toEqual(['0001_initial', '0002_add_phone']);
  });

  test('that does not exist holds none', async () => {
    expect(await loadMigrations(new URL(`${folder.href}/nowhere/`))).toEqual([]);
  });

  test('is refused when a migration is there as source and as output', async () => {
    files({ '0001_a.ts': MIGRATION, '0001_a.js': MIGRATION });
    await expect(loadMigrations(folder)).rejects.toThrow(InvalidMigrationsError);
  });

  test('is refused when a file exports no migration', async () => {
    files({ '0001_a.ts': 'export class Step {}' });
    await expect(loadMigrations(folder)).rejects.toThrow(/0001_a exports no class/);
  });

  test('is refused when a file exports two', async () => {
    files({ '0001_a.ts': `${MIGRATION} export class Other extends Migration { operations = []; }` });
    await expect(loadMigrations(folder)).rejects.toThrow(/0001_a exports more than one/);
  });
});

test('a name without a number is refused', async () => {
  await expect(loadMigrations({ initial: Step })).rejects.toThrow(/"initial" cannot be the name/);
});
