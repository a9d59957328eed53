import { CoreOrmModule } from '@core-framework/orm';
import { Consumer, type CoreEvent, EventBus, MessagingModule, OnEvent } from '@core-framework/messaging';
import { OutboxService } from '@core-framework/outbox';
import { createTestApp } from '@core-framework/testing';
import { expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { BrokerServer } from './reliability/brokers/broker-server.js';
import { RabbitMqServer } from './reliability/brokers/rabbitmq-server.js';
import { RedisServer } from './reliability/brokers/redis-server.js';

const seen: CoreEvent[] = [];

@Consumer('depot', { topics: ['parcels'] })
class Depot {
  @OnEvent('parcel.*')
  onParcel(event: CoreEvent): void {
    seen.push(event);
  }
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ schema: 'update' }),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([Depot]),
  ],
})
class AppModule {}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await condition()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
  }
}

test('an application ends that never saw its broker', async () => {
  const app = await createTestApp(AppModule, { env: { REDIS_URL: 'redis://127.0.0.1:1/0' } });
  const begin = Date.now();
  await app.close();
  expect(Date.now() - begin).toBeLessThan(3000);
});

test.each<[string, () => Promise<BrokerServer | undefined>]>([
  ['Redis', () => RedisServer.start()],
  ['RabbitMQ', () => RabbitMqServer.start()],
])(
  'an application starts without its %s, serves, and goes on when that comes',
  async (_name, start) => {
    seen.length = 0;
    await using server = await start();
    if (!server) {
      if (process.env.REQUIRE_SERVICES === '1') throw new Error('The broker is not installed.');
      return;
    }
    await server.down('SIGTERM');
    await using app = await createTestApp(AppModule, { env: server.env });
    await app.work(() => app.nest.get(EventBus).publish('parcel.sent', { id: 1 }, { topic: 'parcels' }));
    expect((await app.nest.get(OutboxService).status()).pending).toBe(1);
    // It can serve requests; what is missing is told.
    const health = async (path: string) => (await app.client.get(path)).status;
    expect([await health('/health/ready'), await health('/health/broker')]).toEqual([200, 503]);

    await server.up();
    await until(async () => seen.length > 0);
    expect(seen).toEqual([expect.objectContaining({ name: 'parcel.sent', data: { id: 1 }, attempt: 1 })]);
    await until(async () => (await health('/health/broker')) === 200);
  },
  60_000,
);
