import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The processes of the example. */
export type ExampleProcess = 'user-api' | 'user-consumer' | 'order-api' | 'order-consumer';

/** How the example runs. */
export interface ExampleOptions {
  /** Variables of all processes: those of the broker, `USERS_DATABASE_URL` and `ORDERS_DATABASE_URL` among them. */
  readonly env: Readonly<Record<string, string>>;
  /** Is told what the processes print. */
  readonly print: (name: ExampleProcess, line: string) => void;
  /** @defaultValue 8001 and 8002 */
  readonly ports?: { readonly users: number; readonly orders: number };
}

const ROOT = new URL('../../', import.meta.url).pathname;
const FLAGS = ['--conditions=@core-framework/source', '--import', './scripts/source-loader.mjs'];
const PAUSE_MS = 500;

/** Users and orders: two services with a database each, an API and a consumer. Whatever dies is started again. */
export class MicroservicesExample {
  readonly #running = new Map<ExampleProcess, ChildProcess>();
  /** Signs tokens: users hold it, orders fetch its public half. */
  readonly #signingKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  #stopping = false;

  constructor(private readonly options: ExampleOptions) {}

  get userApi(): string {
    return `http://127.0.0.1:${this.options.ports?.users ?? 8001}`;
  }

  get orderApi(): string {
    return `http://127.0.0.1:${this.options.ports?.orders ?? 8002}`;
  }

  /** Starts all and resolves once both APIs are ready. */
  async start(): Promise<void> {
    // An API migrates the database that its consumer shares.
    this.#start('user-api');
    this.#start('order-api');
    await Promise.all([this.#ready(this.userApi), this.#ready(this.orderApi)]);
    this.#start('user-consumer');
    this.#start('order-consumer');
  }

  /** Kills a process as nothing that it could prepare for; it is started again. */
  kill(name: ExampleProcess): void {
    this.#running.get(name)?.kill('SIGKILL');
  }

  /** Ends all, in order. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      [...this.#running.values()].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        await once(child, 'exit');
      }),
    );
  }

  #start(name: ExampleProcess): void {
    const [service, role] = name.split('-') as ['user' | 'order', 'api' | 'consumer'];
    const file = `apps/${service}-api/src/${role === 'api' ? 'main' : 'consumer.main'}.ts`;
    const child = spawn(process.execPath, [...FLAGS, file], {
      cwd: ROOT,
      env: { ...this.options.env, ...(service === 'user' ? this.#userSettings : this.#orderSettings) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.set(name, child);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.options.print(name, line));
    }
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      this.options.print(name, `ended with ${signal ?? code}, and is started again`);
      setTimeout(() => !this.#stopping && this.#start(name), PAUSE_MS);
    });
  }

  get #userSettings(): Record<string, string> {
    const { env, ports } = this.options;
    return {
      PORT: String(ports?.users ?? 8001),
      AUTH_ALGORITHM: 'EdDSA',
      AUTH_SIGNING_KEY: env['AUTH_SIGNING_KEY'] ?? this.#signingKey,
      ...(env['USERS_DATABASE_URL'] && { DATABASE_URL: env['USERS_DATABASE_URL'] }),
    };
  }

  get #orderSettings(): Record<string, string> {
    const { env, ports } = this.options;
    return {
      PORT: String(ports?.orders ?? 8002),
      USER_API_URL: this.userApi,
      AUTH_JWKS_URL: `${this.userApi}/.well-known/jwks.json`,
      ...(env['ORDERS_DATABASE_URL'] && { DATABASE_URL: env['ORDERS_DATABASE_URL'] }),
    };
  }

  async #ready(origin: string): Promise<void> {
    while (!this.#stopping) {
      const answer = await fetch(`${origin}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
