import type { RedisSettings } from '../fragments/redis.settings.js';
import type { GivenSettings } from '../metadata/settings.metadata.js';

export const REDIS_ADDRESS = /^(rediss?|unix):\/\//i;

const PARTS = ['redisHost', 'redisPort', 'redisDb', 'redisPassword'] as const;

/** Makes an address of the parts; nothing when none of them is given, so that an unset Redis stays unset. */
export function redisUrlFromParts(settings: RedisSettings, given: GivenSettings): string | undefined {
  if (!PARTS.some((part) => given.has(part))) return undefined;
  const { redisHost, redisPort, redisDb, redisPassword } = settings;
  const password = redisPassword === undefined ? '' : `:${encodeURIComponent(redisPassword)}@`;
  const host = redisHost.includes(':') && !redisHost.startsWith('[') ? `[${redisHost}]` : redisHost;
  return `redis://${password}${host}:${redisPort}/${redisDb}`;
}
