import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServingProcess } from './serving-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage', '.data']);

/** This repository in a temporary folder, with the packages that it has installed: its own are those of the copy. */
export class RepositoryCopy implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'core-repository-'));

  constructor() {
    cpSync(ROOT, this.folder, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)) });
    this.#linkPackages('.');
    for (const group of ['libs', 'apps']) {
      for (const name of readdirSync(join(ROOT, group))) this.#linkPackages(join(group, name));
    }
    this.#linkPackages('schematics');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /**
   * Runs a command line in it.
   *
   * @throws Error with all that it said, when it fails.
   */
  run(line: string): string {
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', line], {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.#environment(),
    });
    if (status === 0) return stdout + stderr;
    throw new Error(`${line} ended with ${status}:\n${stdout}${stderr}`);
  }

  /**
   * Runs a command line at a terminal where somebody presses Enter at each of the questions, in their order.
   *
   * @throws Error with all that it said, when it fails.
   */
  async runAtTerminal(line: string, questions: readonly RegExp[]): Promise<string> {
    // Makes a terminal for it; part of every Linux.
    const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: this.folder, env: this.#environment() });
    let said = '';
    let from = 0;
    const open = [...questions];
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (!open[0]?.test(said.slice(from))) return;
      from = said.length;
      open.shift();
      // Who asks listens once the question is shown.
      setTimeout(() => child.stdin.write('\r'), 500);
    });
    const [status] = (await once(child, 'close')) as [number | null];
    if (status === 0) return said;
    throw new Error(`${line} ended with ${status}:\n${said}`);
  }

  /** Starts the sample as `npm start` does. */
  start(env: Readonly<Record<string, string>>): ServingProcess {
    return new ServingProcess('npm', ['start'], { cwd: this.folder, env: { ...this.#environment(), ...env } });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #environment(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env;
    return { PATH: [join(ROOT, 'node_modules/.bin'), PATH].join(delimiter), HOME, AUTH_PASSWORD_HASHER: 'scrypt' };
  }

  /** Links of workspaces lead from their folder, so they are copied as they are; all else is linked. */
  #linkPackages(folder: string): void {
    const from = join(ROOT, folder, 'node_modules');
    if (!existsSync(from)) return;
    const to = join(this.folder, folder, 'node_modules');
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) {
      const isOwn = name.startsWith('@core-framework') || name === 'create-core-app';
      if (isOwn) cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
      else symlinkSync(join(from, name), join(to, name));
    }
  }
}
