import { randomUUID } from 'node:crypto';
import { MemoryBroker, type MessageBroker } from '@core-framework/messaging';

/** Publishes an event and hears of it; the same with `new RedisBroker({ url })` and the others. */
export async function tell(broker: MessageBroker = new MemoryBroker()): Promise<string> {
  await broker.connect();
  const heard = Promise.withResolvers<string>();
  await broker.subscribe(
    { topics: ['user-events'], group: 'audit', prefetch: 10, visibilityMs: 60_000 },
    async ({ message, ack }) => {
      heard.resolve(`${message.type} ${message.data}`);
      await ack(); // or retry(delayMs, reason), deadLetter(reason)
    },
  );
  const event = { id: randomUUID(), type: 'user.created', source: 'a-script', time: new Date().toISOString() };
  const errors = await broker.publish('user-events', [{ ...event, data: JSON.stringify({ id: 1 }), headers: {} }]);
  for (const error of errors.values()) throw error;
  const said = await heard.promise;
  await broker.disconnect();
  return said;
}
