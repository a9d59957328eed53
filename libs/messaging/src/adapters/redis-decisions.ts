import type { RedisEntry, RedisSource } from './redis-source.js';

/** Tells the server what a group is done with: all that was decided on in the same turn at once. */
export class RedisDecisions {
  readonly #waiting = new Map<RedisSource, RedisEntry[]>();
  readonly #flushes = new Set<Promise<void>>();
  #flushing: Promise<void> | undefined;

  /** @param onReady called when messages of keys that nobody has in hand wait */
  constructor(private readonly onReady: () => void) {}

  async ack(source: RedisSource, entry: RedisEntry): Promise<void> {
    const waiting = this.#waiting.get(source);
    if (waiting) waiting.push(entry);
    else this.#waiting.set(source, [entry]);
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
    const decided = [...this.#waiting];
    this.#waiting.clear();
    const ready = await Promise.all(decided.map(([source, entries]) => source.done(entries)));
    if (ready.includes(true)) this.onReady();
  }
}
