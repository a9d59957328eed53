import type { Redis } from 'ioredis';
import { deliverEphemeral } from '../brokers/ephemeral-delivery.js';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import { fromStructured } from '../envelope/event-message.js';
import { factsOf, topicKey } from './redis-keys.js';

const BLOCK_MS = 1000;
const PAUSE_MS = 20;

/** Reads streams from their end on, without a group: nothing of it stays on the server. */
export class RedisTail implements Subscription {
  readonly #inHand = new InHand();
  readonly #last = new Map<string, string>();
  readonly #topics: ReadonlyMap<string, string>;
  #open = true;
  #paused = false;

  constructor(
    private readonly redis: Redis,
    private readonly reader: Redis,
    private readonly request: SubscribeRequest,
    private readonly handle: (delivery: Delivery) => Promise<void>,
    private readonly ended: () => void,
  ) {
    this.#topics = new Map(request.topics.map((topic) => [topicKey(topic), topic]));
  }

  async start(): Promise<void> {
    for (const stream of this.#topics.keys()) {
      const [newest] = await this.reader.xrevrange(stream, '+', '-', 'COUNT', 1);
      this.#last.set(stream, newest?.[0] ?? '0-0');
    }
    void this.#read();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#open = false;
    this.reader.disconnect();
    await this.#inHand.emptied(timeoutMs);
    this.ended();
  }

  async lag(): Promise<number> {
    let unread = 0;
    for (const [stream, last] of this.#last) {
      unread += (await this.redis.xrange(stream, `(${last}`, '+')).length;
    }
    return unread + this.#inHand.count;
  }

  async #read(): Promise<void> {
    while (this.#open) {
      try {
        await this.#round();
      } catch {
        // The client connects again by itself.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async #round(): Promise<void> {
    if (this.#paused) return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const free = this.request.prefetch - this.#inHand.count;
    if (free <= 0) return this.#inHand.changed(BLOCK_MS);
    const streams = [...this.#last];
    const keys = [...streams.map(([stream]) => stream), ...streams.map(([, last]) => last)];
    const read = await this.reader.xread('COUNT', free, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys);
    for (const [stream, entries] of read ?? []) {
      for (const [id, fields] of entries) {
        this.#last.set(stream, id);
        this.#deliver(this.#topics.get(stream) ?? '', String(factsOf(fields)['d']));
      }
    }
  }

  #deliver(topic: string, text: string): void {
    if (!this.#open) return;
    try {
      deliverEphemeral(topic, fromStructured(text), this.#inHand, this.handle);
    } catch {
      // Nobody could look for its dead letter.
    }
  }
}
