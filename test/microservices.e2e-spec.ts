import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisBroker } from '@core-framework/messaging/redis';
import { MicroservicesExample } from '../scripts/microservices/example.js';
import { freePort } from './reliability/brokers/free-port.js';
import { ProcessWatch } from './support/process-watch.js';
import { scratchRedis } from './support/redis.js';

const redis = await scratchRedis();
const PASSWORD = 'correct horse battery';

/** What an API answers, as far as these tests look at it. */
interface Body extends Order {
  readonly access_token: string;
  readonly errors: object;
  readonly orderCount: number;
  readonly results: readonly Order[];
}

interface Order {
  readonly id: number;
  readonly userId: number;
  readonly total: string;
  readonly status: string;
}

(redis ? describe : describe.skip)('users and orders as two services, four processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'core-microservices-'));
  const said: string[] = [];
  const watch = new ProcessWatch();
  const databases = [`sqlite://${folder}/users.db`, `sqlite://${folder}/orders.db`] as const;
  const broker = new RedisBroker({ url: redis?.url ?? '' });
  let example: MicroservicesExample;

  /** Calls an API, again while its process is being started anew. */
  const call = async (url: string, { token, body }: { token?: string; body?: object } = {}) => {
    for (;;) {
      const headers = { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' };
      const request = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers };
      const answer = await watch.fetch(url, request).catch(() => undefined);
      if (answer && answer.status !== 503) return { status: answer.status, body: (await answer.json()) as Body };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const users = (path: string, options?: Parameters<typeof call>[1]) =>
    call(`${example.userApi}/api/v1${path}`, options);
  const orders = (path: string, options?: Parameters<typeof call>[1]) =>
    call(`${example.orderApi}/api/v1${path}`, options);
  const ordersOf = async (token: string) => (await orders('/orders', { token })).body.results;
  const register = async (email: string) => {
    const { status, body } = await users('/users/register', { body: { email, password: PASSWORD } });
    expect([status, body]).toEqual([201, { id: expect.any(Number), email, orderCount: 0 }]);
    const { access_token: token } = (await users('/auth/login', { body: { email, password: PASSWORD } })).body;
    return { id: body.id, token };
  };
  const orderCount = async ({ id, token }: { id: number; token: string }) =>
    (await users(`/users/${id}`, { token })).body.orderCount;
  const settled = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  beforeAll(async () => {
    // Whatever is published comes a second time.
    const seen = new Set<string>();
    for (const topic of ['user-events', 'order-events']) {
      await broker.subscribe(
        { topics: [topic], group: 'repeater', prefetch: 10, visibilityMs: 60_000 },
        async (delivery) => {
          if (!seen.has(delivery.message.id)) {
            seen.add(delivery.message.id);
            await broker.publish(topic, [delivery.message]);
          }
          await delivery.ack();
        },
      );
    }
    example = new MicroservicesExample({
      ports: { users: await freePort(), orders: await freePort() },
      print: (name, line) => said.push(`${name} ${line}`),
      env: {
        PATH: process.env['PATH'] ?? '',
        ENVIRONMENT: 'testing',
        HOST: '127.0.0.1',
        LOG_LEVEL: 'DEBUG',
        DB_ECHO: 'true',
        MESSAGE_BROKER: 'redis',
        REDIS_URL: redis?.url ?? '',
        MESSAGE_VISIBILITY: '2',
        RATE_LIMIT_ENABLED: 'false',
        AUTH_THROTTLE_ENABLED: 'false',
        USERS_DATABASE_URL: databases[0],
        ORDERS_DATABASE_URL: databases[1],
      },
    });
    await example.start();
  }, 60_000);
  afterAll(async () => {
    await example?.stop();
    await broker.disconnect();
    try {
      await watch.searchLeavings({ printed: { processes: said.join('\n') }, databases, redis: redis?.url });
    } finally {
      await redis?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);

  test('whoever registers with one gets a welcome order from the other', async () => {
    const ann = await register('ann@example.com');
    await settled(async () => (await ordersOf(ann.token)).length > 0);
    expect(await ordersOf(ann.token)).toEqual([
      { id: expect.any(Number), userId: ann.id, total: '0.00', status: 'welcome' },
    ]);
    const again = await users('/users/register', { body: { email: 'ANN@example.com', password: PASSWORD } });
    expect([again.status, Object.keys(again.body.errors)]).toEqual([400, ['email']]);
  });

  test('an order is seen by its owner alone, with the user as the other service shows him', async () => {
    const [bob, eve] = [await register('bob@example.com'), await register('eve@example.com')];
    const made = await orders('/orders/create_order', { token: bob.token, body: { total: '12.50' } });
    expect([made.status, made.body]).toEqual([
      201,
      { id: expect.any(Number), userId: bob.id, total: '12.50', status: 'pending' },
    ]);
    await settled(async () => (await orderCount(bob)) === 1);
    const address = `/orders/${made.body.id}/with_user`;
    expect((await orders(address, { token: bob.token })).body).toEqual({
      ...made.body,
      user: { id: bob.id, email: 'bob@example.com', orderCount: 1 },
    });
    expect((await orders(address, { token: eve.token })).status).toBe(404);
    expect((await orders('/orders')).status).toBe(401);
    expect((await users(`/users/${bob.id}`, { token: eve.token })).status).toBe(404);
    const forged = await orders('/orders/create_order', { token: bob.token, body: { total: '1', userId: eve.id } });
    expect(forged.status === 400 || forged.body.userId === bob.id).toBe(true);
  }, 60_000);

  test('each order counts once and each user is welcomed once, whatever comes twice and whoever is killed', async () => {
    const ORDERS = 12;
    const carl = await register('carl@example.com');
    const order = () => orders('/orders/create_order', { token: carl.token, body: { total: 5 } });
    for (let made = 0; made < ORDERS / 2; made++) expect((await order()).status).toBe(201);
    for (const name of ['user-consumer', 'order-consumer', 'order-api', 'user-api'] as const) example.kill(name);
    const killed = () => said.filter((line) => line.includes('ended with SIGKILL')).length;
    await settled(async () => killed() === 4);
    const dora = await register('dora@example.com');
    for (let made = 0; made < ORDERS / 2; made++) expect((await order()).status).toBe(201);
    await settled(async () => (await orderCount(carl)) >= ORDERS);
    for (const user of [carl, dora]) {
      await settled(async () => (await ordersOf(user.token)).some(({ status }) => status === 'welcome'));
    }
    // All that is on its way has arrived, the repetitions too.
    const lag = async () => {
      const described = await Promise.all(['user-events', 'order-events'].map((topic) => broker.describeTopic(topic)));
      return described.flatMap((topic) => topic?.groups ?? []).reduce((sum, group) => sum + group.lag, 0);
    };
    await settled(async () => (await lag()) === 0);
    expect([await orderCount(carl), await orderCount(dora)]).toEqual([ORDERS, 0]);
    for (const user of [carl, dora]) {
      const welcomes = (await ordersOf(user.token)).filter(({ status }) => status === 'welcome');
      expect(welcomes).toHaveLength(1);
    }
    expect(killed()).toBe(4);
  }, 120_000);
});
