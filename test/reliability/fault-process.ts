import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const ROOT = new URL('../../', import.meta.url).pathname;

/** A program of the repository as a process that a test may kill. It ends with the process that started it. */
export class FaultProcess implements AsyncDisposable {
  /** What it printed on standard output, line by line. */
  readonly lines: string[] = [];
  /** What it printed on standard error. */
  errors = '';
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #rest = '';

  private constructor(file: string, env: Readonly<Record<string, string>>) {
    const flags = ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs'];
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, [...flags, file], {
      cwd: ROOT,
      env: { PATH, ENVIRONMENT: 'testing', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.exit = once(this.#child, 'exit').then(([code]) => {
      this.#tell();
      return code as number | null;
    });
  }

  /** Starts it and resolves once it prints `ready`, or was killed before by what it began to work on. */
  static async start(file: string, env: Readonly<Record<string, string>>): Promise<FaultProcess> {
    const made = new FaultProcess(file, env);
    const isReady = await made.printed((lines) => lines.includes('ready'));
    if (!isReady && made.#child.signalCode === null) throw new Error(`It did not start:\n${made.errors}`);
    return made;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves once what it printed fulfils a condition; with `false` when it ends before. */
  async printed(condition: (lines: readonly string[]) => boolean): Promise<boolean> {
    while (!condition(this.lines)) {
      if (this.isOver) return false;
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
    return true;
  }

  /** Writes a line to its standard input and answers what it prints after that word. */
  async ask(word: string): Promise<string> {
    const before = this.lines.length;
    this.#child.stdin?.write(`${word}\n`);
    const answer = () => this.lines.slice(before).find((line) => line.startsWith(`${word} `));
    if (!(await this.printed(() => answer() !== undefined))) throw new Error(`It ended before it told its ${word}.`);
    return (answer() ?? '').slice(word.length + 1);
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.isOver) this.#child.kill(signal);
    return this.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL');
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    this.#tell();
  }

  #tell(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const resolve of watchers) resolve();
  }
}
