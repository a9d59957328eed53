import { Redis } from 'ioredis';
import { measured, type Measured } from './measured.js';
import { type RawClient, sampleEvent } from './measured-brokers.js';

const STREAM = 'bench:messaging:raw';
type Answer = readonly (readonly [string, readonly (readonly [string, readonly string[]])[]])[] | null;

/** Streams of Redis with ioredis alone. */
export class RawRedis implements RawClient {
  constructor(private readonly url: string) {}

  async publish(events: number): Promise<Measured> {
    const redis = new Redis(this.url);
    await redis.del(STREAM);
    const figure = await measured('raw client: publish', events, async () => {
      for (let sent = 0; sent < events; sent += 200) {
        const pipeline = redis.pipeline();
        for (let index = sent; index < sent + 200; index++)
          pipeline.xadd(STREAM, '*', 'd', JSON.stringify(sampleEvent(index)));
        await pipeline.exec();
      }
    });
    redis.disconnect();
    return figure;
  }

  async consume(events: number): Promise<Measured> {
    const redis = new Redis(this.url);
    await redis.xgroup('CREATE', STREAM, 'g', '0', 'MKSTREAM');
    const figure = await measured('raw client: consume', events, async () => {
      for (let taken = 0; taken < events;) {
        const read = (await redis.xreadgroup('GROUP', 'g', 'c', 'COUNT', 100, 'STREAMS', STREAM, '>')) as Answer;
        const entries = read?.[0]?.[1] ?? [];
        for (const [, fields] of entries) JSON.parse(fields[1] ?? '');
        await redis.xack(STREAM, 'g', ...entries.map(([id]) => id));
        taken += entries.length;
      }
    });
    await redis.del(STREAM);
    redis.disconnect();
    return figure;
  }
}
