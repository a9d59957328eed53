import { randomUUID } from 'node:crypto';
import type { MessageBroker } from '@core-framework/messaging';

/** Gives work a topic that nobody had before, and deletes it afterwards where the server deletes topics. */
export async function withTopic<T>(open: () => MessageBroker, work: (topic: string) => Promise<T>): Promise<T> {
  const topic = `bench-messaging-${randomUUID()}`;
  const result = await work(topic);
  const cleaner = open();
  try {
    await cleaner.connect();
    await cleaner.deleteTopic(topic);
  } catch (error) {
    // The mock cluster of Kafka deletes none.
    console.error(`The topic ${topic} stays: ${(error as Error).message}`);
  } finally {
    await cleaner.disconnect();
  }
  return result;
}
