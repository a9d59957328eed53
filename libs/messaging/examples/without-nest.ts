import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { MemoryBroker, type MessageBroker } from '@core-framework/messaging';

/** Publishes an event and hears of it; the same with `new RedisBroker({ url })` and the others. */
export async function tell(broker: MessageBroker = new MemoryBroker()): Promise<string> {
  await broker.connect();
  const heard: string[] = [];
  await broker.subscribe(
    { topics: ['user-events'], group: 'audit', prefetch: 10, visibilityMs: 60_000 },
    async ({ message, ack }) => {
      heard.push(`${message.type} ${message.data}`);
      await ack(); // or retry(delayMs, reason), deadLetter(reason)
    },
  );
  const event = { id: randomUUID(), type: 'user.created', source: 'a-script', time: new Date().toISOString() };
  const errors = await broker.publish('user-events', [{ ...event, data: JSON.stringify({ id: 1 }), headers: {} }]);
  for (const error of errors.values()) throw error;
  while (heard.length === 0) await setTimeout(10);
  await broker.disconnect();
  return heard.join();
}
