import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryTaskBackend, type TaskBackend } from '@core-framework/tasks';
import { RedisTaskBackend } from '@core-framework/tasks/redis';
import { Redis } from 'ioredis';
import { scratchDatabase } from '../measure/scratch-database.js';

/** Where a round keeps its tasks. */
export interface DriverPlace extends AsyncDisposable {
  readonly databaseUrl: string;
  /** A backend for an application; `database` where that is its database. */
  backend(): TaskBackend | 'database';
}

export interface MeasuredDriver {
  readonly name: string;
  /** Makes an empty place. */
  open(): Promise<DriverPlace>;
}

export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/12';

/** Deletes what was written to Redis under a prefix. */
export async function clearRedis(prefix: string): Promise<void> {
  const redis = new Redis(REDIS_URL);
  for (let cursor = '0'; ;) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 1000);
    if (keys.length > 0) await redis.unlink(...keys);
    if (next === '0') break;
    cursor = next;
  }
  redis.disconnect();
}

async function onSqlite(backend: (folder: string) => TaskBackend | 'database'): Promise<DriverPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'core-bench-tasks-'));
  const made = backend(folder);
  return {
    databaseUrl: `sqlite://${join(folder, 'app.db')}`,
    backend: () => made,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
  };
}

/** The drivers that are measured. */
export const DRIVERS: readonly MeasuredDriver[] = [
  { name: 'memory', open: () => onSqlite(() => new MemoryTaskBackend()) },
  { name: 'database, SQLite', open: () => onSqlite(() => 'database') },
  {
    name: 'database, PostgreSQL',
    open: async () => {
      const database = await scratchDatabase();
      return {
        databaseUrl: database.url,
        backend: () => 'database',
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: 'redis',
    open: async () => {
      const prefix = `bench-tasks-${process.pid}`;
      const place = await onSqlite(() => 'database');
      return {
        databaseUrl: place.databaseUrl,
        backend: () => new RedisTaskBackend({ url: REDIS_URL, prefix }),
        [Symbol.asyncDispose]: async () => {
          await clearRedis(prefix);
          await place[Symbol.asyncDispose]();
        },
      };
    },
  },
];
