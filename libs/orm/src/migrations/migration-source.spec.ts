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

class Late extends Step {
  override readonly dependencies = ['0002_b'];
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

  test('is refused when a number is missing, whatever the file exports', async () => {
    files({ '0001_a.ts': MIGRATION, '0003_c.ts': MIGRATION });
    await expect(loadMigrations(folder)).rejects.toThrow(/0003_c comes where 0002 is missing/);
  });

  test('is refused when a number is taken twice', async () => {
    files({ '0001_a.ts': MIGRATION, '0001_b.ts': MIGRATION });
    await expect(loadMigrations(folder)).rejects.toThrow(/0001_b has the number of 0001_a/);
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

describe('migrations by name', () => {
  test('may depend on those before them', async () => {
    expect(await loadMigrations({ '0001_a': Step, '0002_b': Step, '0003_c': Late })).toHaveLength(3);
  });

  test('are refused when they depend on one that comes later', async () => {
    await expect(loadMigrations({ '0001_a': Late, '0002_b': Step })).rejects.toThrow(/0001_a depends on 0002_b/);
  });
});
