import { afterEach, describe, expect, test } from '@jest/globals';
import { Throttling } from '@core-framework/common';
import { RedisThrottleStore } from '@core-framework/platform/redis';
import { createTestApp, type TestApp, type TestAppOptions } from '@core-framework/testing';
import { AllowAny, ApiView, IsAuthenticated, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { SourceProcess } from './support/source-process.js';

const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/9';

@ViewSet({ path: 'open', permissions: [AllowAny] })
class OpenView extends ApiView {
  get() {
    return {};
  }
}

@ViewSet({ path: 'closed', permissions: [IsAuthenticated] })
class ClosedView extends OpenView {}

@Module({ imports: [ViewSetModule.forFeature([OpenView, ClosedView])] })
class LimitedModule {}

describe('the limit of requests per client', () => {
  let app: TestApp | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const start = async (env: Record<string, string>, options: TestAppOptions = {}) =>
    (app = await createTestApp(LimitedModule, {
      database: false,
      env: { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_REQUESTS: '2', RATE_LIMIT_WINDOW: '60', ...env },
      ...options,
    }));

  test('counts whatever the answer was, a caller who is refused as well', async () => {
    const { client, clock } = await start({});
    expect((await client.get('/api/v1/closed')).status).toBe(401);
    expect((await client.get('/nowhere')).status).toBe(404);
    const refused = await client.get('/api/v1/closed');
    expect([refused.status, refused.json()]).toMatchObject([429, { code: 'throttled' }]);
    expect(refused.headers).toMatchObject({
      'retry-after': '60',
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
    });
    expect((await client.get('/health')).status).toBe(200);
    clock.advance({ minutes: 1 });
    expect((await client.get('/api/v1/open')).headers['x-ratelimit-remaining']).toBe('1');
  });

  test('believes an address that only a trusted proxy may name', async () => {
    const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
    const statuses = async () => {
      const answers = [];
      for (const ip of ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
        answers.push((await app!.client.get('/api/v1/open', from(ip))).status);
      return answers;
    };
    await start({});
    expect(await statuses()).toEqual([200, 200, 429]);
    await app?.close();
    await start({ TRUST_PROXY: '1' });
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  test('may be read by scripts of other origins', async () => {
    const { client } = await start({ RATE_LIMIT_REQUESTS: '1' });
    const headers = { origin: 'http://localhost:3000' };
    await client.get('/api/v1/open', { headers });
    const refused = await client.get('/api/v1/open', { headers });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([429, 'http://localhost:3000']);
    expect(refused.headers['access-control-expose-headers']).toContain('RateLimit-Remaining');
  });
});

async function isReachable(): Promise<boolean> {
  const redis = new Redis(REDIS_URL, { lazyConnect: true, retryStrategy: () => null }).on('error', () => undefined);
  try {
    await redis.connect();
    return true;
  } catch (error) {
    if (process.env.REQUIRE_SERVICES) throw error;
    return false;
  } finally {
    redis.disconnect();
  }
}

((await isReachable()) ? describe : describe.skip)('limits in Redis', () => {
  test('are shared by two processes', async () => {
    const key = `test:${randomUUID()}`;
    const programs = [0, 1].map(
      () => new SourceProcess('test/support/throttle-hits.ts', { REDIS_URL, THROTTLE_KEY: key, THROTTLE_LIMIT: '60' }),
    );
    expect(await Promise.all(programs.map(({ exit }) => exit))).toEqual([0, 0]);
    const allowed = programs.map(({ output }) => Number(/allowed (\d+)/.exec(output)?.[1]));
    expect(allowed[0]! + allowed[1]!).toBe(60);
    expect(Math.min(...allowed)).toBeGreaterThanOrEqual(20);
    const redis = new Redis(REDIS_URL);
    const [ttl, entries] = [await redis.pttl(`throttle:${key}`), await redis.hlen(`throttle:${key}`)];
    await redis.del(`throttle:${key}`);
    redis.disconnect();
    expect(ttl).toBeGreaterThan(0);
    expect(entries).toBeLessThanOrEqual(100);
  });

  test('say where a caller stands as those in the process do', async () => {
    const store = new RedisThrottleStore({ url: REDIS_URL, prefix: `test:${randomUUID()}:` });
    const limit = { limit: 2, windowMs: 3_600_000 };
    const first = await store.hit('a', limit);
    expect(first).toMatchObject({ allowed: true, limit: 2, remaining: 1, retryMs: 0, resetMs: 3_600_000 });
    expect(await store.hit('a', limit)).toMatchObject({ allowed: true, remaining: 0 });
    const refused = await store.hit('a', limit);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.retryMs).toBeGreaterThan(3_500_000);
    expect(await store.hit('b', limit)).toMatchObject({ allowed: true });
    store.close();
  });

  test('are counted in the process while the server is away', async () => {
    const store = new RedisThrottleStore({ url: 'redis://127.0.0.1:1/0' });
    const limit = { limit: 1, windowMs: 60_000 };
    expect([(await store.hit('a', limit)).allowed, (await store.hit('a', limit)).allowed]).toEqual([true, false]);
    store.close();
  });

  test('are used by an application that has REDIS_URL', async () => {
    const app = await createTestApp(LimitedModule, { database: false, env: { REDIS_URL } });
    const key = `test:${randomUUID()}`;
    await app.nest.get(Throttling).hit(key, { limit: 1, windowMs: 60_000 });
    const redis = new Redis(REDIS_URL);
    expect(await redis.del(`throttle:${key}`)).toBe(1);
    redis.disconnect();
    await app.close();
  });
});
