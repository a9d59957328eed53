import { expect, test } from '@jest/globals';
import { until } from '../testing/broker-case.js';
import type { KafkaClients } from './kafka-clients.js';
import { KafkaReader, type ReaderOptions } from './kafka-reader.js';

/** A member of a group that is given two records. */
function member(commit: () => Promise<void>) {
  const committed: bigint[] = [];
  const closed = Promise.withResolvers<void>();
  const stream = {
    offsetsToFetch: new Map([['t:0', 0n]]),
    on: () => undefined,
    close: async () => closed.resolve(),
    async *[Symbol.asyncIterator]() {
      for (const offset of [0n, 1n]) yield { topic: 't', partition: 0, offset };
      await closed.promise;
    },
  };
  const consumer = {
    on: () => undefined,
    consume: async () => stream,
    close: async () => undefined,
    commit: async ({ offsets }: { offsets: { offset: bigint }[] }) => {
      await commit();
      committed.push(...offsets.map(({ offset }) => offset));
    },
  };
  const clients = { consumer: () => consumer } as unknown as KafkaClients;
  const start = async (handle: ReaderOptions['handle']) => {
    const options = { group: 'g', topics: ['t'], tail: false, room: async () => undefined, window: 10, handle };
    const reader = new KafkaReader(clients, options);
    await reader.start();
    return reader;
  };
  return { committed, start };
}

test('a commit that fails is made up for, also when nothing more comes', async () => {
  let failures = 2;
  const { committed, start } = member(async () => {
    if (failures-- > 0) throw new Error('not now');
  });
  const reader = await start((_message, done) => done());
  await until(() => committed.length > 0);
  expect(committed).toEqual([2n]);
  await reader.stop();
  await reader.close();
});

test('what is done while a commit is on its way is committed too', async () => {
  const dones: (() => void)[] = [];
  const { committed, start } = member(async () => dones[1]?.());
  const reader = await start((_message, done) => dones.push(done));
  await until(() => dones.length === 2);
  dones[0]?.();
  await until(() => committed.length === 2);
  expect(committed).toEqual([1n, 2n]);
  await reader.stop();
  await reader.close();
});
