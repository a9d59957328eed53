import type { ThrottleStore } from '@core-framework/common';
import type { CoreSettings } from '@core-framework/config';
import { MissingPackageError } from '../errors/platform.errors.js';

/**
 * The store that counts requests: in Redis when the application knows one, so that all its processes share their
 * limits; `undefined` when each process counts for itself.
 *
 * @throws MissingPackageError when Redis is named but its client is not installed.
 */
export async function throttleStoreOf({ redisUrl }: CoreSettings): Promise<ThrottleStore | undefined> {
  if (redisUrl === undefined) return undefined;
  try {
    const { RedisThrottleStore } = await import('../adapters/redis.js');
    return new RedisThrottleStore({ url: redisUrl });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new MissingPackageError('ioredis', 'REDIS_URL is set, so that limits are counted in Redis', error);
  }
}
