import { afterEach, beforeEach, describe, test } from '@jest/globals';
import { BROKER_CASES } from '../testing/broker.conformance.js';
import { MemoryBroker } from './memory.broker.js';

describe('the broker in memory', () => {
  let broker: MemoryBroker;
  beforeEach(() => {
    broker = new MemoryBroker();
  });
  afterEach(() => broker.disconnect());

  test.each(BROKER_CASES.filter(({ acrossProcesses }) => !acrossProcesses))('$title', ({ run }) =>
    run(broker, { open: async () => new MemoryBroker() }),
  );
});
