import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerServer } from './broker-server.js';
import { freePort } from './free-port.js';

/** A Redis of a suite's own, with persistence, that can be killed and started again. */
export class RedisServer implements BrokerServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** Answers nothing when Redis is not installed. */
  static async start(): Promise<RedisServer | undefined> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'core-reliability-redis-')));
    try {
      await server.up();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  get env(): Readonly<Record<string, string>> {
    return { REDIS_URL: this.url };
  }

  async up(): Promise<void> {
    const options = { port: this.port, dir: this.folder, appendonly: 'yes', appendfsync: 'everysec', save: '' };
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn('redis-server', [...flags, '--bind', '127.0.0.1', '--loglevel', 'warning'], {
      stdio: 'ignore',
    });
    this.#process = child;
    await once(child, 'spawn');
    while (!(await answers(this.port))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async down(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Whether it takes commands: while it loads its data it listens and refuses them. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
  });
}
