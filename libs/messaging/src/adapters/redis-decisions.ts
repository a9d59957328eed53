import type { Redis } from 'ioredis';

/** Tells the server what a group is done with: all that was decided on in the same turn in one command. */
export class RedisDecisions {
  readonly #waiting = new Map<string, { ids: string[]; isOwn: boolean }>();
  readonly #flushes = new Set<Promise<void>>();
  #flushing: Promise<void> | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly group: string,
  ) {}

  /** @param isOwn whether the stream is the group's own, from which the entry is deleted */
  async ack(stream: string, id: string, isOwn: boolean): Promise<void> {
    const waiting = this.#waiting.get(stream);
    if (waiting) waiting.ids.push(id);
    else this.#waiting.set(stream, { ids: [id], isOwn });
    this.#flushing ??= this.#flushSoon();
    return this.#flushing;
  }

  /** Resolves once the server was told of all decisions so far, or could not be. */
  async told(): Promise<void> {
    await Promise.allSettled(this.#flushes);
  }

  #flushSoon(): Promise<void> {
    const flushing = new Promise((resolve) => setImmediate(resolve)).then(() => this.#flush());
    this.#flushes.add(flushing);
    const over = () => void this.#flushes.delete(flushing);
    flushing.then(over, over);
    return flushing;
  }

  async #flush(): Promise<void> {
    this.#flushing = undefined;
    const pipeline = this.redis.pipeline();
    for (const [stream, { ids, isOwn }] of this.#waiting) {
      pipeline.xack(stream, this.group, ...ids);
      if (isOwn) pipeline.xdel(stream, ...ids);
    }
    this.#waiting.clear();
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}
