import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type EventMessage, fromStructured } from '../envelope/event-message.js';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import { RedisDecisions } from './redis-decisions.js';
import { factsOf, type GroupKeys, groupKeys, topicKey } from './redis-keys.js';
import { BURY, DELAY, MOVE_DUE } from './redis-scripts.js';
import { RedisTopics } from './redis-topics.js';

type Entry = readonly [id: string, fields: readonly string[] | null];

/** A stream that a subscription reads. */
interface Source {
  readonly stream: string;
  readonly topic: string;
  readonly keys: GroupKeys;
  /** Whether it is the group's own, from which entries are deleted. */
  readonly isOwn: boolean;
}

/** An entry in hand. */
interface Held {
  readonly source: Source;
  readonly id: string;
}

/** Longest wait for a message in milliseconds, and longest time until one that waits to be delivered again is seen. */
const BLOCK_MS = 100;
const PAUSE_MS = 20;

/** A consumer of a group, with a connection of its own for reading. */
export class RedisSubscription implements Subscription {
  readonly #consumer = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  readonly #inHand = new InHand();
  readonly #logger = new Logger('RedisBroker');
  readonly #sources: readonly Source[];
  readonly #decisions: RedisDecisions;
  /** Entries in hand, so that none is claimed from oneself. */
  readonly #held = new Map<string, Held>();
  /** The group's own streams that have entries; the others are not read. */
  readonly #busy = new Set<string>();
  #open = true;
  #paused = false;
  #nextRecovery = 0;
  #nextMove = 0;
  #turn = 0;
  #readerId: number | undefined;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly reader: Redis,
    private readonly request: SubscribeRequest,
    private readonly handle: (delivery: Delivery) => Promise<void>,
    private readonly ended: () => void,
  ) {
    this.#decisions = new RedisDecisions(redis, request.group);
    this.#sources = request.topics.flatMap((topic) => {
      const keys = groupKeys({ topic, group: request.group });
      return [
        { stream: keys.again, topic, keys, isOwn: true },
        { stream: topicKey(topic), topic, keys, isOwn: false },
      ];
    });
  }

  async start(): Promise<void> {
    this.reader.on('close', () => (this.#readerId = undefined));
    for (const source of this.#sources) await this.#createGroup(source);
    this.#reading = this.#read();
  }

  pause(): void {
    this.#paused = true;
    this.#unblock();
  }

  resume(): void {
    this.#paused = false;
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#open = false;
    this.#unblock();
    await this.#reading;
    await this.#inHand.emptied(timeoutMs);
    await this.#decisions.told();
    if (this.#held.size > 0) await this.#giveBack().catch(() => undefined);
    else {
      for (const { stream } of this.#sources) {
        await this.redis.xgroup('DELCONSUMER', stream, this.request.group, this.#consumer).catch(() => undefined);
      }
    }
    this.reader.disconnect();
    this.ended();
  }

  async lag(): Promise<number> {
    const { group, topics } = this.request;
    const lags = await Promise.all(topics.map((topic) => new RedisTopics(this.redis).lag({ topic, group })));
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  /** Makes what is in hand look as if nobody had said anything about it for long. */
  async #giveBack(): Promise<void> {
    const { group, visibilityMs } = this.request;
    const pipeline = this.redis.pipeline();
    for (const { source, id } of this.#held.values()) {
      const idle = ['IDLE', visibilityMs, 'JUSTID'];
      pipeline.call('XCLAIM', source.stream, group, this.#consumer, 0, id, ...idle);
    }
    await pipeline.exec();
  }

  /** Ends a read that waits, so that it takes nothing any more. */
  #unblock(): void {
    if (this.#readerId !== undefined) void this.redis.client('UNBLOCK', this.#readerId).catch(() => undefined);
  }

  /** From the first message that is kept, so that nothing is lost when whoever publishes starts first. */
  async #createGroup({ stream }: Source): Promise<void> {
    await this.redis.xgroup('CREATE', stream, this.request.group, '0', 'MKSTREAM').catch((error: Error) => {
      if (!error.message.startsWith('BUSYGROUP')) throw error;
    });
  }

  async #read(): Promise<void> {
    let wasAway = false;
    while (this.#open) {
      try {
        await this.#round();
        if (wasAway) this.#logger.log('Redis is back.');
        wasAway = false;
      } catch (error) {
        if (!this.#open) return;
        // A server that lost its data, or a topic that was deleted, has no group any more.
        const isDeleted = /NOGROUP|no longer exists/.test((error as Error).message);
        if (!wasAway && !isDeleted) this.#logger.warn(`Redis does not answer: ${(error as Error).message}`);
        wasAway = !isDeleted;
        await new Promise((resolve) => setTimeout(resolve, 200));
        if (isDeleted) for (const source of this.#sources) await this.#createGroup(source).catch(() => undefined);
      }
    }
  }

  async #round(): Promise<void> {
    if (this.#paused) return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (Date.now() >= this.#nextMove) await this.#moveDue();
    if (Date.now() >= this.#nextRecovery) await this.#recover();
    const free = this.request.prefetch - this.#inHand.count;
    if (free <= 0) {
      await this.#inHand.changed(BLOCK_MS);
      // Those that end in the same turn make room together.
      return new Promise((resolve) => setImmediate(resolve));
    }
    this.#readerId ??= await this.reader.client('ID');
    if (!this.#open || this.#paused) return undefined;
    // So much is taken of each stream; with little room left they take turns.
    const all = this.#sources.filter(({ stream, isOwn }) => !isOwn || this.#busy.has(stream));
    this.#turn += 1;
    const sources = all.map((_, index) => all[(index + this.#turn) % all.length] as Source).slice(0, free);
    const count = Math.floor(free / sources.length);
    const streams = sources.map(({ stream }) => stream);
    const [{ group }, marks] = [this.request, sources.map(() => '>')];
    const how = ['COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS'] as const;
    const read = await this.reader.xreadgroup('GROUP', group, this.#consumer, ...how, ...streams, ...marks);
    for (const [stream, entries] of (read ?? []) as readonly (readonly [string, readonly Entry[]])[]) {
      const source = sources.find((one) => one.stream === stream);
      if (source) for (const entry of entries) this.#deliver(source, entry, 1);
    }
  }

  async #moveDue(): Promise<void> {
    this.#nextMove = Date.now() + BLOCK_MS;
    await Promise.all(
      this.#sources.map(async ({ stream, keys, isOwn }) => {
        if (!isOwn) return;
        const length = Number(await this.redis.eval(MOVE_DUE, 2, keys.delayed, keys.again));
        if (length > 0) this.#busy.add(stream);
        else this.#busy.delete(stream);
      }),
    );
  }

  /** Takes over what consumers had in hand that have not said anything about it for too long. */
  async #recover(): Promise<void> {
    const { group, prefetch, visibilityMs } = this.request;
    this.#nextRecovery = Date.now() + Math.min(visibilityMs / 2, 1000);
    for (const source of this.#sources) {
      const { stream } = source;
      const free = prefetch - this.#inHand.count;
      if (free <= 0) return;
      const answer = await this.redis.xautoclaim(stream, group, this.#consumer, visibilityMs, '0-0', 'COUNT', free);
      for (const entry of answer[1] as readonly Entry[]) {
        const [id, fields] = entry;
        if (this.#held.has(`${stream} ${id}`)) continue;
        // Deleted with its topic.
        if (!fields) await this.redis.xack(stream, group, id);
        else this.#deliver(source, entry, await this.#deliveriesOf(stream, id));
      }
    }
  }

  async #deliveriesOf(stream: string, id: string): Promise<number> {
    const pending = await this.redis.xpending(stream, this.request.group, id, id, 1);
    const [[, , , count] = []] = pending as readonly (readonly [string, string, number, number] | readonly [])[];
    return Number(count ?? 1);
  }

  #deliver(source: Source, [id, fields]: Entry, deliveries: number): void {
    const facts = factsOf(fields ?? []);
    const envelope = String(facts['d']);
    const attempt = Number(facts['n'] ?? 0) + deliveries;
    let message: EventMessage;
    try {
      message = fromStructured(envelope);
    } catch (error) {
      void this.#bury(source, id, envelope, (error as Error).message, attempt).catch(() => undefined);
      return;
    }
    const name = `${source.stream} ${id}`;
    this.#held.set(name, { source, id });
    this.#inHand.add();
    const { group } = this.request;
    const { stream, isOwn, keys } = source;
    let decided = false;
    const decide = async (consequence: () => Promise<unknown>) => {
      if (decided) return;
      decided = true;
      // There is room for another one while the server is told.
      this.#inHand.remove();
      try {
        await consequence();
      } finally {
        this.#held.delete(name);
      }
    };
    const delivery: Delivery = {
      message,
      topic: source.topic,
      attempt,
      abandoned: deliveries - 1,
      ack: () => decide(() => this.#decisions.ack(stream, id, isOwn)),
      retry: (delayMs) =>
        decide(() => {
          const member = JSON.stringify([`${isOwn ? 'again' : 'first'} ${id}`, envelope, String(attempt)]);
          return this.redis.eval(DELAY, 2, keys.delayed, stream, delayMs, member, group, id, isOwn ? 1 : 0);
        }),
      deadLetter: (reason) => decide(() => this.#bury(source, id, envelope, reason, attempt)),
      extend: async () => {
        await this.redis.xclaim(stream, group, this.#consumer, 0, id, 'JUSTID');
      },
    };
    void this.handle(delivery).catch(() => undefined);
  }

  async #bury({ stream, keys, isOwn }: Source, id: string, ...letter: [string, string, number]): Promise<void> {
    await this.redis.eval(BURY, 2, keys.dead, stream, ...letter, this.request.group, id, isOwn ? 1 : 0);
  }
}
