import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppModule } from '@core-framework-apps/api';
import { Hash } from '@core-framework/auth';
import { type TestApp } from '@core-framework/testing';
import { createWatchedApp } from '../support/accounts-watch.js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ANN, createWorld, PASSWORD, WEAK_HASHING } from '../support/world.js';

const run = promisify(execFile);
const REPOSITORY = new URL('../..', import.meta.url).pathname;
const bin = (name: string) => join(REPOSITORY, 'node_modules/.bin', name);

describe("a client that @hey-api/openapi-ts makes of the sample's document", () => {
  let app: TestApp;
  let folder: string;

  beforeAll(async () => {
    app = await createWatchedApp(AppModule, { database: 'sqlite://', env: { SEED_WHEN_EMPTY: 'false' } });
    app.nest.get(Hash).configure('argon2', WEAK_HASHING);
    await app.work(createWorld);
    folder = await mkdtemp(join(tmpdir(), 'core-client-'));
    await writeFile(join(folder, 'openapi.json'), (await app.client.get('/openapi.json')).text);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await copyFile(join(import.meta.dirname, 'journey.ts.template'), join(folder, 'journey.ts'));
    await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('is generated, compiles under strict and takes a visitor through the API', async () => {
    await run(bin('openapi-ts'), ['-i', 'openapi.json', '-o', 'client', '--silent'], { cwd: folder });
    const options = ['--strict', '--target', 'es2023', '--lib', 'es2023,dom,dom.iterable', '--module', 'nodenext'];
    const compiled = run(bin('tsc'), [...options, '--types', 'node', '--outDir', 'out', 'journey.ts'], { cwd: folder });
    expect((await compiled.catch((error: { stdout: string }) => error)).stdout).toBe('');
    await writeFile(join(folder, 'out/package.json'), '{ "type": "module" }');
    const visitor = [await app.listen(), ANN, PASSWORD];
    const { stdout } = await run(process.execPath, ['out/journey.js', ...visitor], { cwd: folder });
    expect(stdout).toBe('done\n');
  }, 120_000);
});
