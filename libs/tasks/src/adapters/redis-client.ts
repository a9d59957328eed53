import { Redis } from 'ioredis';

/** Milliseconds for which a client that was told to end waits for its server; it does so also when that never answered. */
export const FAREWELL_MS = 200;

/** Makes a client that does not keep commands for a server that is away: whoever sends one is told. */
export function redisClient(url: string, timeoutMs: number): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: timeoutMs,
    disconnectTimeout: FAREWELL_MS,
  });
  client.on('error', () => undefined);
  return client;
}
