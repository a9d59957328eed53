import { setTimeout as pause } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { LOAD, percentile, ProcessingTime, rate, type TaskFigures } from './figures.js';
import { clearRedis, REDIS_URL } from './measured-drivers.js';

const PREFIX = `bench-tasks-raw-${process.pid}`;

/** BullMQ alone, with the same load. */
export async function measureRawBullMQ(): Promise<TaskFigures> {
  const connection = { url: REDIS_URL, maxRetriesPerRequest: null };
  const queue = new Queue<{ since: number }>('bench', { connection, prefix: PREFIX });
  const add = (since: number) => queue.add('nothing', { since }, { removeOnComplete: { age: 86_400 } });
  for (let n = 0; n < LOAD.warmUp; n++) await add(0);
  const enqueueOne = await rate(LOAD.one, async () => {
    for (let n = 0; n < LOAD.one; n++) await add(0);
  });
  const left = LOAD.tasks - LOAD.one - LOAD.warmUp;
  const opts = { removeOnComplete: { age: 86_400 } };
  const enqueueMany = await rate(left, async () => {
    for (let written = 0; written < left; written += LOAD.batch) {
      const size = Math.min(LOAD.batch, left - written);
      await queue.addBulk(Array.from({ length: size }, () => ({ name: 'nothing', data: { since: 0 }, opts })));
    }
  });

  const time = new ProcessingTime();
  let onRun = (_since: number): void => time.tick();
  const worker = new Worker<{ since: number }>('bench', async ({ data }) => onRun(data.since), {
    connection,
    prefix: PREFIX,
    concurrency: LOAD.concurrency,
  });
  const figures = await time.end(async () => {
    while ((await queue.getActiveCount()) > 0) await pause(1);
  });

  const samples: number[] = [];
  for (let n = 0; n < LOAD.latencies + LOAD.warmUp; n++) {
    const ran = Promise.withResolvers<void>();
    onRun = (since) => {
      if (n >= LOAD.warmUp) samples.push(performance.now() - since);
      ran.resolve();
    };
    await add(performance.now());
    await ran.promise;
    await pause(5);
  }
  await worker.close();
  await queue.close();
  await clearRedis(PREFIX);
  return { enqueueOne, enqueueMany, ...figures, p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
}
