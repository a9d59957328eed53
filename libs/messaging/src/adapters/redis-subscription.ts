import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type EventMessage, fromStructured } from '../envelope/event-message.js';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import { RedisDecisions } from './redis-decisions.js';
import { factsOf } from './redis-keys.js';
import { MOVE_DUE } from './redis-scripts.js';
import { type RedisEntry, RedisSource } from './redis-source.js';
import { RedisTopics } from './redis-topics.js';

/** Longest wait for a message in milliseconds, and longest time until one that waits to be delivered again is seen. */
const BLOCK_MS = 100;
const PAUSE_MS = 20;

/** A consumer of a group, with a connection of its own for reading. */
export class RedisSubscription implements Subscription {
  readonly #inHand = new InHand();
  readonly #logger = new Logger('RedisBroker');
  readonly #sources: readonly RedisSource[];
  readonly #decisions = new RedisDecisions(() => this.#nextOfKeys());
  /** Entries in hand, so that none is claimed from oneself. */
  readonly #held = new Map<RedisSource, Map<string, RedisEntry>>();
  /** The group's own streams that have entries; the others are not read. */
  readonly #busy = new Set<RedisSource>();
  /** Where streams ended when they were read last. */
  readonly #ends = new Map<RedisSource, string>();
  #open = true;
  #paused = false;
  /** Whether the server may hold this consumer to have what it does not. */
  #isUnsure = false;
  /** Whether there may be messages that no stream has as new. */
  #isReady = false;
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
    const { group, visibilityMs, topics } = request;
    const consumer = { name: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`, group, visibilityMs };
    this.#sources = topics.flatMap((topic) =>
      [true, false].map((isOwn) => new RedisSource(redis, consumer, topic, isOwn)),
    );
    for (const source of this.#sources) this.#held.set(source, new Map());
  }

  async start(): Promise<void> {
    this.reader.on('close', () => (this.#readerId = undefined));
    for (const source of this.#sources) await source.createGroup();
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
    // At once, so that a server that is away holds nobody up for long.
    await Promise.allSettled(this.#sources.map((source) => source.leave(this.#heldOf(source))));
    this.reader.disconnect();
    this.ended();
  }

  async lag(): Promise<number> {
    const { group, topics } = this.request;
    const lags = await Promise.all(topics.map((topic) => new RedisTopics(this.redis).lag({ topic, group })));
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  /** Ends a wait for something new. */
  #unblock(): void {
    if (this.#readerId !== undefined) void this.redis.client('UNBLOCK', this.#readerId).catch(() => undefined);
  }

  #nextOfKeys(): void {
    this.#isReady = true;
    this.#unblock();
  }

  #heldOf(source: RedisSource): readonly string[] {
    return [...(this.#held.get(source)?.keys() ?? [])];
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
        this.#isUnsure = true;
        // A server that lost its data, or a topic that was deleted, has no group any more.
        const isDeleted = /NOGROUP|no longer exists|no such key/.test((error as Error).message);
        if (!wasAway && !isDeleted) this.#logger.warn(`Redis does not answer: ${(error as Error).message}`);
        wasAway = !isDeleted;
        await new Promise((resolve) => setTimeout(resolve, 200));
        if (isDeleted) for (const source of this.#sources) await source.createGroup().catch(() => undefined);
      }
    }
  }

  async #round(): Promise<void> {
    if (this.#paused) return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (this.#isUnsure) await this.#makeSure();
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
    this.#isReady = false;
    // Half at a time: one half is on its way while the other is worked on.
    const isSoon = await this.#take(Math.min(free, Math.ceil(this.request.prefetch / 2)));
    if (isSoon === undefined || this.#isReady || !this.#open || this.#paused) return undefined;
    if (isSoon) return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const ends = this.#sources.filter(({ isOwn }) => !isOwn);
    const [streams, ids] = [ends.map(({ stream }) => stream), ends.map((source) => this.#ends.get(source) ?? '$')];
    await this.reader.xread('COUNT', 1, 'BLOCK', BLOCK_MS, 'STREAMS', ...streams, ...ids);
    return undefined;
  }

  /** Answers nothing when it got something; else whether to ask again soon, because not all was asked or given. */
  async #take(free: number): Promise<boolean | undefined> {
    // So much is taken of each stream; with little room left they take turns.
    const all = this.#sources.filter((source) => !source.isOwn || this.#busy.has(source));
    this.#turn += 1;
    const sources = all.map((_, index) => all[(index + this.#turn) % all.length] as RedisSource).slice(0, free);
    const room = Math.floor(free / sources.length);
    const taken = await Promise.all(sources.map((source) => source.take(this.reader, room)));
    for (const [index, { entries, end }] of taken.entries()) {
      const source = sources[index] as RedisSource;
      if (end !== '') this.#ends.set(source, end);
      for (const entry of entries) this.#deliver(source, entry);
    }
    if (taken.some(({ entries }) => entries.length > 0)) return undefined;
    // Of what was looked at all has to wait for its turn.
    if (taken.some(({ end, isFull }, index) => end === '' && !isFull && !sources[index]?.isOwn)) return undefined;
    // With too little room for all, others are asked next.
    return sources.length < all.length || taken.some(({ isFull }) => isFull);
  }

  /** Has what was lost on its way here given out again. */
  async #makeSure(): Promise<void> {
    this.#isUnsure = false;
    try {
      for (const source of this.#sources) await source.giveBack(this.#heldOf(source), true);
    } catch (error) {
      this.#isUnsure = true;
      throw error;
    }
  }

  async #moveDue(): Promise<void> {
    this.#nextMove = Date.now() + BLOCK_MS;
    await Promise.all(
      this.#sources.map(async (source) => {
        if (!source.isOwn) return;
        const length = Number(await this.redis.eval(MOVE_DUE, 2, source.keys.delayed, source.keys.again));
        if (length > 0) this.#busy.add(source);
        else this.#busy.delete(source);
      }),
    );
  }

  /** Takes over what consumers had in hand that have not said anything about it for too long. */
  async #recover(): Promise<void> {
    const { prefetch, visibilityMs } = this.request;
    this.#nextRecovery = Date.now() + Math.min(visibilityMs / 2, 1000);
    for (const source of this.#sources) {
      const free = prefetch - this.#inHand.count;
      if (free <= 0) return;
      for (const entry of await source.recover(free, this.#heldOf(source))) this.#deliver(source, entry);
    }
  }

  #deliver(source: RedisSource, entry: RedisEntry): void {
    const { id, fields, deliveries } = entry;
    const facts = factsOf(fields);
    const envelope = String(facts['d']);
    const attempt = Number(facts['n'] ?? 0) + deliveries;
    const held = this.#held.get(source);
    held?.set(id, entry);
    let decided = false;
    const decide = async (consequence: () => Promise<unknown>) => {
      if (decided) return;
      decided = true;
      // There is room for another one while the server is told.
      this.#inHand.remove();
      try {
        await consequence();
      } catch (error) {
        this.#isUnsure = true;
        throw error;
      } finally {
        held?.delete(id);
      }
    };
    this.#inHand.add();
    const deadLetter = (reason: string, attempts = attempt) =>
      decide(() => source.bury(entry, envelope, reason, attempts));
    let message: EventMessage;
    try {
      message = fromStructured(envelope);
    } catch (error) {
      void deadLetter((error as Error).message).catch(() => undefined);
      return;
    }
    const delivery: Delivery = {
      message,
      topic: source.topic,
      attempt,
      abandoned: deliveries - 1,
      ack: () => decide(() => this.#decisions.ack(source, entry)),
      retry: (delayMs) => {
        const member = JSON.stringify([`${source.isOwn ? 'again' : 'first'} ${id}`, envelope, String(attempt)]);
        return decide(() => source.delay(entry, delayMs, member));
      },
      deadLetter,
      extend: () => source.extend(entry),
    };
    void this.handle(delivery).catch(() => undefined);
  }
}
