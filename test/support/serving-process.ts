import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Where a program runs. */
export interface ProcessPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a program of a group still runs; what nobody has waited for yet does not. */
export function isGroupRunning(group: number): boolean {
  const listed = spawnSync('ps', ['-e', '-o', 'pgid=,stat='], { encoding: 'utf8' }).stdout.trim().split('\n');
  return listed
    .map((line) => line.trim().split(/\s+/))
    .some(([id, state]) => Number(id) === group && !state?.startsWith('Z'));
}

/** A program as a process of its own, whose words are read. */
export class ServingProcess implements AsyncDisposable {
  /** All that it has printed so far. */
  output = '';
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(command: string, parameters: readonly string[], { cwd, env }: ProcessPlace) {
    // In a group of its own, which is ended as a whole: some programs run others.
    this.#child = spawn(command, parameters, { cwd, env: { HOST: '127.0.0.1', PORT: '0', ...env }, detached: true });
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

  /** What Ctrl-C at a terminal does: all programs of the group are told at once. */
  interrupt(): void {
    process.kill(-(this.#child.pid ?? 0), 'SIGINT');
  }

  /** Whether it, or something that it has started, still runs. */
  get isRunning(): boolean {
    return isGroupRunning(this.#child.pid ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-(this.#child.pid ?? 0), 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    await this.exit;
  }
}
