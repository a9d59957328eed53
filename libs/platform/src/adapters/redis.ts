import {
  MemoryThrottleStore,
  THROTTLE_GRAINS,
  type ThrottleLimit,
  type ThrottleStanding,
  type ThrottleStore,
} from '@core-framework/common';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

/** Options of {@link RedisThrottleStore}. */
export interface RedisThrottleStoreOptions {
  /** Address of the server: `redis://localhost:6379/0`. */
  readonly url: string;
  /** What the names of its keys begin with. @defaultValue 'throttle:' */
  readonly prefix?: string;
}

/** Milliseconds that a request waits for the server before it is counted in the process. */
const PATIENCE_MS = 500;

/**
 * Counts hits in Redis, for all processes together and on the server's clock. While the server is away each process
 * counts for itself, so that neither the limit nor the service is gone.
 */
export class RedisThrottleStore implements ThrottleStore {
  readonly #redis: Redis;
  readonly #fallback = new MemoryThrottleStore();
  readonly #logger = new Logger(RedisThrottleStore.name);
  readonly #prefix: string;
  #isAway = false;
  #isClosed = false;

  constructor({ url, prefix = 'throttle:' }: RedisThrottleStoreOptions) {
    this.#prefix = prefix;
    this.#redis = new Redis(url, {
      commandTimeout: PATIENCE_MS,
      maxRetriesPerRequest: 1,
      connectionName: 'core-throttle',
      retryStrategy: (attempt) => (this.#isClosed ? null : Math.min(attempt * 100, 2000)),
    });
    this.#redis.defineCommand('coreThrottleHit', { numberOfKeys: 1, lua: HIT });
    this.#redis.defineCommand('coreThrottleForgive', { numberOfKeys: 1, lua: FORGIVE });
    // Told at the next hit; without a listener it would be thrown.
    this.#redis.on('error', () => undefined);
  }

  async hit(key: string, limit: ThrottleLimit): Promise<ThrottleStanding> {
    try {
      const standing = await this.#count(key, limit);
      if (this.#isAway) this.#logger.log('Redis is back; limits hold for all processes together again.');
      this.#isAway = false;
      return standing;
    } catch (error) {
      if (!this.#isAway)
        this.#logger.warn(`Redis does not answer (${reasonOf(error)}); each process counts for itself.`);
      this.#isAway = true;
      return this.#fallback.hit(key, limit);
    }
  }

  async forgive(key: string): Promise<void> {
    this.#fallback.forgive(key);
    // A hit that cannot be taken back counts; the next one tells that Redis is away.
    await this.#redis.coreThrottleForgive(`${this.#prefix}${key}`).catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#redis.disconnect();
  }

  async #count(key: string, { limit, windowMs }: ThrottleLimit): Promise<ThrottleStanding> {
    const [allowed, used, retryMs, resetMs] = await this.#redis.coreThrottleHit(
      `${this.#prefix}${key}`,
      limit,
      windowMs,
      THROTTLE_GRAINS,
    );
    return { allowed: allowed === 1, limit, remaining: Math.max(0, limit - used), retryMs, resetMs };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String((error as Error).message);
}

declare module 'ioredis' {
  interface RedisCommander {
    coreThrottleHit(
      key: string,
      limit: number,
      windowMs: number,
      grains: number,
    ): Promise<[allowed: number, used: number, retryMs: number, resetMs: number]>;
    coreThrottleForgive(key: string): Promise<number>;
  }
}

/** A hash of grain to `count:last hit`; expired grains are dropped on the way. One script is one step to Redis. */
const HIT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window, grains = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local used, oldest, newest = 0, nil, now - window
local entries = redis.call('HGETALL', KEYS[1])
for index = 1, #entries, 2 do
  local count, last = string.match(entries[index + 1], '(%d+):(%d+)')
  count, last = tonumber(count), tonumber(last)
  if last + window <= now then
    redis.call('HDEL', KEYS[1], entries[index])
  else
    used = used + count
    if not oldest or last < oldest then oldest = last end
    if last > newest then newest = last end
  end
end
local allowed = 0
if used < limit then
  allowed = 1
  local grain = string.format('%d', math.floor(now / math.max(1, window / grains)))
  local known = redis.call('HGET', KEYS[1], grain)
  local count = known and tonumber(string.match(known, '^(%d+)')) or 0
  redis.call('HSET', KEYS[1], grain, string.format('%d:%d', count + 1, now))
  redis.call('PEXPIRE', KEYS[1], window)
  used, newest = used + 1, now
  if not oldest then oldest = now end
end
local retry = 0
if used >= limit then retry = oldest + window - now end
return { allowed, used, retry, newest + window - now }
`;

/** Takes one hit off the latest grain. */
const FORGIVE = `
local latest, grain, hits
local entries = redis.call('HGETALL', KEYS[1])
for index = 1, #entries, 2 do
  local count, last = string.match(entries[index + 1], '(%d+):(%d+)')
  if not latest or tonumber(last) > latest then
    latest, grain, hits = tonumber(last), entries[index], tonumber(count)
  end
end
if not grain then return 0 end
if hits > 1 then
  redis.call('HSET', KEYS[1], grain, string.format('%d:%d', hits - 1, latest))
else
  redis.call('HDEL', KEYS[1], grain)
end
return 1
`;
