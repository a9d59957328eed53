import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server in a process of its own, which prints `ready <url>` once it listens. */
export class Rival implements AsyncDisposable {
  private constructor(
    readonly url: string,
    /** Milliseconds from the start of the process to its first readiness. */
    readonly bootTime: number,
    readonly process: ChildProcess,
  ) {}

  static async start(file: URL, env: Record<string, string>): Promise<Rival> {
    const started = performance.now();
    const child = spawn(
      process.execPath,
      [
        '--conditions=@core-framework/source',
        '--import',
        new URL('../../scripts/source-loader.mjs', import.meta.url).href,
        file.pathname,
      ],
      { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for await (const chunk of child.stdout) {
      const url = /ready (\S+)/.exec(String(chunk))?.[1];
      if (url) return new Rival(url, performance.now() - started, child);
    }
    throw new Error(`${file.pathname} ended before it listened.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill();
    await once(this.process, 'exit');
  }
}
