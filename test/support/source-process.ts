import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A program of the repository as its own process, run from source the way `npm start` runs the sample. */
export class SourceProcess implements AsyncDisposable {
  /** All that it has printed so far. */
  output = '';
  readonly #child: ChildProcess;
  readonly exit: Promise<number | null>;

  constructor(file: string, env: Record<string, string>, args: readonly string[] = []) {
    this.#child = spawn(
      process.execPath,
      ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs', file, ...args],
      { cwd: ROOT, env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env } },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exit = once(this.#child, 'exit').then(([code]) => code as number | null);
  }

  /** The address that it says it listens on. */
  async url(): Promise<string> {
    return (await this.says(/http:\/\/\S+(?=\/api\/v1\s)/))[0];
  }

  /** Resolves with what it printed of that form, once it has. */
  async says(form: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = form.exec(this.output);
      if (found) return found;
      const exited = await Promise.race([this.exit, new Promise((resolve) => setTimeout(resolve, 50, 'waiting'))]);
      if (exited !== 'waiting') throw new Error(`It ended with ${String(exited)}:\n${this.output}`);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}
