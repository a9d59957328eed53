import { afterEach, beforeEach } from '@jest/globals';
import type { MessageBroker } from '../brokers/message-broker.js';

/** The broker of a test, and a way to more of them on the same server. */
export interface BrokerSuite<T extends MessageBroker> {
  readonly broker: T;
  open(): Promise<T>;
}

/** Whether its server answers; under `REQUIRE_SERVICES=1` it must. */
export async function answers(broker: MessageBroker): Promise<boolean> {
  try {
    await broker.connect();
    return true;
  } catch (error) {
    if (process.env.REQUIRE_SERVICES === '1') throw error;
    return false;
  } finally {
    await broker.disconnect();
  }
}

/**
 * Gives each test a broker, and deletes the topics that it leaves behind.
 *
 * @param leavesTopics whether the server lets nobody delete topics
 */
export function brokerForEach<T extends MessageBroker>(make: () => T, leavesTopics = false): BrokerSuite<T> {
  let broker: T | undefined;
  let before: readonly string[] = [];
  const open = async () => {
    const made = make();
    await made.connect();
    return made;
  };
  beforeEach(async () => {
    broker = await open();
    before = await broker.listTopics();
  });
  afterEach(async () => {
    await broker?.disconnect();
    if (leavesTopics) return;
    const cleaner = await open();
    for (const topic of await cleaner.listTopics()) if (!before.includes(topic)) await cleaner.deleteTopic(topic);
    await cleaner.disconnect();
  });
  return {
    get broker() {
      if (!broker) throw new Error('There is a broker within tests only.');
      return broker;
    },
    open,
  };
}
