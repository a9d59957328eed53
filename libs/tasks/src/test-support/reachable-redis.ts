import { Redis } from 'ioredis';

const URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/12';

/** The address of the Redis server where one answers; under `REQUIRE_SERVICES=1` it must. */
export async function reachableRedis(): Promise<string | undefined> {
  const redis = new Redis(URL, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return URL;
  } catch (error) {
    if (process.env.REQUIRE_SERVICES === '1') throw error;
    return undefined;
  } finally {
    redis.disconnect();
  }
}

/** Deletes all that a suite wrote under its prefix. */
export async function clearRedis(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  for (const key of await redis.keys(`${prefix}:*`)) await redis.unlink(key);
  redis.disconnect();
}
