import { SecretWatch } from '@core-framework/testing/auth';
import { Redis } from 'ioredis';
import { DatabaseDump } from './database-dump.js';

/** Where processes may have left something. */
export interface Leavings {
  /** What they printed, by their names. */
  readonly printed: Readonly<Record<string, string>>;
  /** The URLs of their databases. */
  readonly databases: readonly string[];
  /** The URL of the Redis that was their broker. */
  readonly redis?: string;
}

/** Hears the secrets that are shown to processes over HTTP, and looks for them in all that those leave behind. */
export class ProcessWatch extends SecretWatch {
  #heard = 0;

  /** As `fetch`: what is sent and what is answered is heard. */
  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    this.hear(typeof init.body === 'string' ? init.body : '', JSON.stringify(init.headers ?? {}));
    const answer = await fetch(url, init);
    this.hear(await answer.clone().text(), JSON.stringify([...answer.headers]));
    return answer;
  };

  override hear(...texts: readonly string[]): void {
    // People write JSON with spaces, and the patterns know that of machines.
    super.hear(...texts.map((text) => text.replace(/":\s+"/g, '":"')));
  }

  override add(secret: string): void {
    this.#heard += 1;
    super.add(secret);
  }

  /** @throws LeakedSecretError when something holds a secret; Error where there was no secret, or nothing to look at. */
  async searchLeavings({ printed, databases, redis }: Leavings): Promise<void> {
    if (this.#heard === 0) throw new Error('No secret was heard.');
    const places: (readonly [string, string])[] = Object.entries(printed);
    for (const url of databases) places.push(...(await DatabaseDump.of(url)).tables);
    if (redis !== undefined) places.push(...(await keysOf(redis)));
    this.searchIn(places);
  }
}

/** All that a Redis holds. */
async function keysOf(url: string): Promise<[key: string, value: string][]> {
  const redis = new Redis(url);
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, '0', '-1'),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  try {
    const found: [string, string][] = [];
    for (const key of await redis.keys('*')) {
      const value = await read[await redis.type(key)]?.(key);
      found.push([`Redis: ${key}`, JSON.stringify(value)]);
    }
    if (found.length === 0) throw new Error('There is nothing in Redis.');
    return found;
  } finally {
    redis.disconnect();
  }
}
