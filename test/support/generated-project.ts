import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const JEST = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@core-framework/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  setupFiles: ['reflect-metadata'],
  testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
  testTimeout: 60_000,
  // Modules of ES stay in memory for as long as their process; a worker that has grown is replaced.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
};

/** An application that has nothing but a user model. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'generated', private: true, type: 'module', jest: JEST }),
  'nest-cli.json': JSON.stringify({ collection: '@core-framework/schematics', sourceRoot: 'src' }),
  'tsconfig.json': JSON.stringify({ extends: `${ROOT}tsconfig.json`, include: ['src', 'test'], exclude: [] }),
  '.prettierrc': JSON.stringify({ printWidth: 120, singleQuote: true, trailingComma: 'all' }),
  '.oxlintrc.json': JSON.stringify({ extends: [`${ROOT}.oxlintrc.json`] }),
  '.swcrc': readFileSync(join(ROOT, '.swcrc'), 'utf8'),
  '.gitignore': 'node_modules\n.data\nmedia\n',
  'src/app.module.ts': `import { Module } from '@nestjs/common';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ migrations: new URL('./migrations/', import.meta.url), schema: 'migrate' }),
    ViewSetModule.forRoot(),
  ],
})
export class AppModule {}
`,
};

/** What a command of the project said, and how it ended. */
export interface CommandResult {
  readonly status: number | null;
  readonly output: string;
}

/** A project in a temporary folder, as `nest new` and `nest add` would leave it, that uses the packages of this repository. */
export class GeneratedProject implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'core-generated-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    for (const [path, text] of Object.entries({ ...FILES, ...files })) this.write(path, text);
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs a program of the repository's packages, or of the machine, in the project. */
  run(command: string, parameters: readonly string[], env: Readonly<Record<string, string>> = {}): CommandResult {
    const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
    const { status, stdout, stderr } = spawnSync(command, parameters, {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NODE_OPTIONS: '', ...env, PATH: path },
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** Runs tests of the project. */
  test(parameters: readonly string[] = [], env: Readonly<Record<string, string>> = {}): CommandResult {
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    return this.run(
      process.execPath,
      ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...parameters],
      env,
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
