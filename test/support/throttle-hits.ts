import { RedisThrottleStore } from '@core-framework/platform/redis';

/** Hits one key 40 times, all at once, and prints how often that was allowed. */
const { REDIS_URL = '', THROTTLE_KEY = '', THROTTLE_LIMIT = '0' } = process.env;
const store = new RedisThrottleStore({ url: REDIS_URL });
const limit = { limit: Number(THROTTLE_LIMIT), windowMs: 3_600_000 };
const standings = await Promise.all(Array.from({ length: 40 }, () => store.hit(THROTTLE_KEY, limit)));
process.stdout.write(`allowed ${standings.filter(({ allowed }) => allowed).length}\n`);
store.close();
