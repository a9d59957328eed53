import { RedisServer } from '../reliability/brokers/redis-server.js';

/**
 * A Redis of a suite's own; nothing where none is installed.
 *
 * @throws Error when none is installed although `REQUIRE_SERVICES` is set.
 */
export async function scratchRedis(): Promise<RedisServer | undefined> {
  const server = await RedisServer.start();
  if (!server && process.env.REQUIRE_SERVICES) throw new Error('redis-server is required, and not installed.');
  return server;
}
