import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerServer } from './broker-server.js';
import { freePort } from './free-port.js';

/** A RabbitMQ of a suite's own. */
export class RabbitMqServer implements BrokerServer {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly ports: { readonly amqp: number; readonly epmd: number; readonly dist: number },
  ) {}

  /**
   * Answers nothing when RabbitMQ is not installed.
   *
   * @param settings further lines of its configuration
   */
  static async start(...settings: readonly string[]): Promise<RabbitMqServer | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'core-reliability-rabbitmq-'));
    const ports = { amqp: await freePort(), epmd: await freePort(), dist: await freePort() };
    await writeFile(join(folder, 'plugins'), '[].\n');
    const lines = [`listeners.tcp.1 = 127.0.0.1:${ports.amqp}`, ...settings];
    await writeFile(join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
    const server = new RabbitMqServer(folder, ports);
    try {
      await server.up();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  get env(): Readonly<Record<string, string>> {
    return { RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${this.ports.amqp}/` };
  }

  async up(): Promise<void> {
    const { amqp, epmd, dist } = this.ports;
    const child = spawn('rabbitmq-server', [], {
      // With its own group, so that Erlang ends with the script around it.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        // Debian's own script changes the user, who could not be killed with this group nor write here.
        PATH: `/usr/lib/rabbitmq/bin:${process.env['PATH']}`,
        HOME: this.folder,
        RABBITMQ_NODENAME: `core${amqp}@localhost`,
        RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq.conf'),
        RABBITMQ_DIST_PORT: String(dist),
        ERL_EPMD_PORT: String(epmd),
        RABBITMQ_MNESIA_BASE: join(this.folder, 'data'),
        RABBITMQ_LOG_BASE: join(this.folder, 'log'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'plugins'),
      },
    });
    this.#process = child;
    await once(child, 'spawn');
    let said = '';
    const ready = new Promise<void>((resolve) =>
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('completed with')) resolve();
      }),
    );
    const ended = once(child, 'exit').then(([code]) => {
      if (!said.includes('completed with')) throw new Error(`rabbitmq-server ended with ${code}: ${said}`);
    });
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
  }

  async down(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    process.kill(-child.pid, signal);
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down('SIGKILL');
    // Erlang leaves its directory of nodes behind.
    spawnSync('epmd', ['-port', String(this.ports.epmd), '-kill'], { stdio: 'ignore' });
    await rm(this.folder, { recursive: true, force: true });
  }
}
