import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProject, type ProjectChoices } from 'create-core-app';
import type { SchematicRun } from '@core-framework/schematics';
import { ServingProcess } from './serving-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BINARIES = join(ROOT, 'node_modules/.bin');
const CORE = join(ROOT, 'libs/cli/bin/core.mjs');

/** What a new project has where its test does not say otherwise: all that there is. */
const CHOICES: ProjectChoices = {
  database: 'sqlite',
  auth: true,
  messaging: 'memory',
  tasks: true,
  packageManager: 'npm',
};

/** A generator and its options. */
export type Generator = readonly [schematic: string, options: SchematicRun['options']];

/** A project as `create-core-app` makes it, in a temporary folder, with the packages of this repository in place of installed ones. */
export class NewProject implements Disposable {
  readonly #workplace = mkdtempSync(join(tmpdir(), 'core-project-'));
  readonly folder = join(this.#workplace, 'blog');
  /** The URL of its database, unless a test names another. */
  readonly database = `sqlite://${join(this.folder, '.data/app.db')}`;

  /** Makes one, with its first migration. */
  static async create(choices: Partial<ProjectChoices> = {}): Promise<NewProject> {
    const project = new NewProject();
    await createProject({
      place: { folder: project.folder, name: 'blog' },
      choices: { ...CHOICES, ...choices },
      install: false,
    });
    symlinkSync(join(ROOT, 'node_modules'), join(project.folder, 'node_modules'));
    // What is ignored is a folder of that name, and this is a link.
    appendFileSync(join(project.folder, '.git/info/exclude'), 'node_modules\n');
    project.run('core makemigrations --name initial');
    return project;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /**
   * Runs a command line in the project, as a shell does.
   *
   * @throws Error with all that it said, when it fails.
   */
  run(line: string): string {
    return this.#spawn('bash', ['-e', '-o', 'pipefail', '-c', line]);
  }

  /** Runs generators of the collection, one after the other, in one process; answers what they changed and said. */
  generate(generators: readonly Generator[]): readonly string[] {
    const runner = join(ROOT, 'test/support/run-generators.process.ts');
    const parameters = ['--conditions=@core-framework/source', '--import', join(ROOT, 'scripts/source-loader.mjs')];
    const said = this.#spawn(process.execPath, [...parameters, runner, JSON.stringify(generators)]);
    return said.trim().split('\n');
  }

  /** Type-checks it by its own tsconfig.json. */
  compile(): void {
    this.run('tsc -p . --customConditions @core-framework/source --preserveSymlinks false');
  }

  /** Lints it by its own rules. */
  lint(): void {
    this.run('oxlint && prettier --check .');
  }

  /** Runs its tests as its `npm test` does, on the packages' sources. */
  test(): string {
    const environment = JSON.stringify({ customExportConditions: ['@core-framework/source', 'node', 'node-addons'] });
    return this.#spawn(process.execPath, [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(ROOT, 'node_modules/jest/bin/jest.js'),
      '--runInBand',
      `--testEnvironmentOptions=${environment}`,
    ]);
  }

  /** Starts it as its `npm start` does, without the restarts. */
  serve(env: Readonly<Record<string, string>> = {}): ServingProcess {
    const place = { cwd: this.folder, env: { ...this.#environment(), ...env } };
    return new ServingProcess(process.execPath, [CORE, 'run', '--no-reload'], place);
  }

  [Symbol.dispose](): void {
    rmSync(this.#workplace, { recursive: true, force: true });
  }

  #spawn(command: string, parameters: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(command, parameters, {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.#environment(),
    });
    if (status === 0) return stdout + stderr;
    throw new Error(`${command} ${parameters.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  }

  /** That of a user's shell: nothing of this repository's own but where its commands are. */
  #environment(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env;
    return { PATH: [BINARIES, PATH].join(delimiter), HOME, AUTH_PASSWORD_HASHER: 'scrypt' };
  }
}
