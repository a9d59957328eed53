import type { Redis } from 'ioredis';
import { redisClient } from './redis-client.js';

/** Keeps what tasks answered on a server of its own. */
export class RedisResults {
  readonly #client: Redis;

  constructor(
    url: string,
    private readonly options: { readonly prefix: string; readonly ttlMs: number; readonly timeoutMs: number },
  ) {
    this.#client = redisClient(url, options.timeoutMs);
  }

  async connect(): Promise<void> {
    if (this.#client.status === 'wait') await this.#client.connect();
    await this.#client.ping();
  }

  disconnect(): void {
    this.#client.disconnect();
  }

  /** Keeps the JSON that a task answered. */
  async keep(id: string, result: string): Promise<void> {
    await this.#client.set(this.#key(id), result, 'PX', Math.max(1, this.options.ttlMs));
  }

  async find(id: string): Promise<string | undefined> {
    return (await this.#client.get(this.#key(id))) ?? undefined;
  }

  #key(id: string): string {
    return `${this.options.prefix}::result:${id}`;
  }
}
