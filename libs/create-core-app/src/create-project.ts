import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateError } from './create.errors.js';
import type { FrameworkSource } from './package-manifest.js';
import type { PackageManager, ProjectChoices, ProjectPlace } from './project-choices.js';
import { renderProject } from './render-project.js';
import { runProgram } from './run-program.js';

/** How a project is made. */
export interface CreateOptions {
  readonly place: ProjectPlace;
  readonly choices: ProjectChoices;
  /** Whether its packages are installed and its first migration is written. @defaultValue true */
  readonly install?: boolean;
  /** Whether it becomes a repository of git, unless it is in one. @defaultValue true */
  readonly git?: boolean;
  /** Where the framework's packages come from. @defaultValue the registry */
  readonly source?: FrameworkSource;
  /** Told what is being done. */
  readonly onStep?: (step: string) => void;
  /** Ends it when it is aborted; then nothing is left of the project. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a project: writes its files, installs its packages and has the first migration written.
 *
 * @returns the paths of the files that were written from templates.
 * @throws CreateError when the folder is not empty, or a command fails; what was written stays. Whatever `signal` was aborted with.
 */
export async function createProject(options: CreateOptions): Promise<readonly string[]> {
  const { folder } = options.place;
  const before = existsSync(folder) ? readdirSync(folder) : [];
  if (before.some((entry) => entry !== '.git')) {
    throw new CreateError('CREATE_FOLDER_NOT_EMPTY', `${folder} is not empty.`, 'Choose another name, or empty it.');
  }
  const files = renderProject(options.place.name, options.choices, options.source);
  const made = mkdirSync(folder, { recursive: true });
  try {
    return await fill(files, options);
  } catch (error) {
    if (options.signal?.aborted) {
      const left = readdirSync(folder).filter((entry) => !before.includes(entry));
      for (const path of made === undefined ? left.map((entry) => join(folder, entry)) : [made]) {
        rmSync(path, { recursive: true, force: true, maxRetries: 5 });
      }
      options.onStep?.('Interrupted: nothing is left of it.');
    }
    throw error;
  }
}

async function fill(
  files: ReadonlyMap<string, string>,
  { place: { folder }, choices, install = true, git = true, onStep = () => undefined, signal }: CreateOptions,
): Promise<readonly string[]> {
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, path === '.env' ? { mode: 0o600 } : {});
  }
  onStep(`Wrote ${files.size} files.`);
  if (git && (await isGitWanted(folder))) {
    await run(folder, 'git', ['init', '--quiet', '--initial-branch', 'main'], signal);
  }
  if (install) {
    onStep(`Installing packages with ${choices.packageManager} …`);
    await run(folder, choices.packageManager, INSTALL[choices.packageManager], signal);
    onStep('Writing the first migration …');
    const core = join(folder, 'node_modules', '@core-framework', 'cli', 'bin', 'core.mjs');
    await run(folder, process.execPath, [core, 'makemigrations', '--name', 'initial'], signal);
  }
  return [...files.keys()];
}

const INSTALL: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ['install', '--no-audit', '--no-fund', '--loglevel', 'error'],
  pnpm: ['install', '--silent'],
  yarn: ['install'],
};

/** A folder in a repository already belongs to that one. */
async function isGitWanted(folder: string): Promise<boolean> {
  if (existsSync(join(folder, '.git'))) return false;
  const isIn = await runProgram(folder, 'git', ['rev-parse', '--is-inside-work-tree']);
  return isIn.isThere && isIn.code !== 0;
}

/** What it prints goes to standard error only when it fails: standard output is for results. */
async function run(folder: string, command: string, words: readonly string[], signal?: AbortSignal): Promise<void> {
  const { code, isThere, output } = await runProgram(folder, command, words, signal);
  if (code === 0) return;
  const what = [command, ...words].join(' ');
  throw new CreateError(
    'CREATE_COMMAND_FAILED',
    isThere ? `"${what}" ended with ${code}:\n${output.trim()}` : `${command} is not installed.`,
    `The files are in ${folder}; run it there once its reason is gone.`,
  );
}
