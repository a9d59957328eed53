import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';

/** What a process has used. */
export interface Usage {
  /** Processor time since its start, in microseconds. */
  readonly cpu: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** A server in a process of its own, which prints `ready <url>` once it listens. */
export class Rival implements AsyncDisposable {
  private constructor(
    readonly url: string,
    /** Milliseconds from the start of the process to its first readiness. */
    readonly bootTime: number,
    private readonly process: ChildProcess,
  ) {}

  /** @param profile a folder that it writes a profile of its processor time to. */
  static async start(file: URL, env: Record<string, string>, profile?: string): Promise<Rival> {
    const started = performance.now();
    const child = spawn(
      process.execPath,
      [
        '--conditions=@core-framework/source',
        ...(profile === undefined
          ? []
          : ['--cpu-prof', '--cpu-prof-dir', profile, `--cpu-prof-name=${basename(file.pathname)}.cpuprofile`]),
        ...['../../scripts/source-loader.mjs', './usage.preload.ts'].flatMap((preload) => [
          '--import',
          new URL(preload, import.meta.url).href,
        ]),
        file.pathname,
      ],
      { env: { ...process.env, NODE_ENV: 'production', ...env }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    );
    if (!child.stdout) throw new Error('A rival has no standard output.');
    for await (const chunk of child.stdout) {
      const url = /ready (\S+)/.exec(String(chunk))?.[1];
      if (url) return new Rival(url, performance.now() - started, child);
    }
    throw new Error(`${file.pathname} ended before it listened.`);
  }

  /** Asks the process what it has used so far. */
  async usage(): Promise<Usage> {
    const answer = once(this.process, 'message');
    this.process.send('usage');
    const [usage] = (await answer) as [Usage];
    return usage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.process, 'exit');
    this.process.kill();
    await exit;
  }
}
