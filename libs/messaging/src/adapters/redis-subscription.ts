import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { type EventMessage, fromStructured } from '../envelope/event-message.js';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import { DELAY, type GroupKeys, groupKeys, MOVE_DUE, topicKey } from './redis-keys.js';

type Entry = readonly [id: string, fields: readonly string[] | null];

/** A stream that a subscription reads. */
interface Source {
  readonly stream: string;
  readonly topic: string;
  readonly keys: GroupKeys;
  /** Whether it is the group's own, from which entries are deleted. */
  readonly isOwn: boolean;
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
  /** Entries in hand, so that none is claimed from oneself. */
  readonly #mine = new Set<string>();
  #open = true;
  #paused = false;
  #nextRecovery = 0;
  #turn = 0;
  #readerId: number | undefined;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly reader: Redis,
    private readonly request: SubscribeRequest,
    private readonly handle: (delivery: Delivery) => Promise<void>,
  ) {
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
    if (this.#inHand.count === 0) {
      for (const { stream } of this.#sources) {
        await this.redis.xgroup('DELCONSUMER', stream, this.request.group, this.#consumer).catch(() => undefined);
      }
    }
    this.reader.disconnect();
  }

  async lag(): Promise<number> {
    let lag = 0;
    for (const { stream, keys, isOwn } of this.#sources) {
      const groups = (await this.redis.xinfo('GROUPS', stream)) as readonly (readonly unknown[])[];
      const facts = groups.map(factsOf).find(({ name }) => name === this.request.group);
      lag += Number(facts?.['lag'] ?? 0) + Number(facts?.['pending'] ?? 0);
      if (isOwn) lag += await this.redis.zcard(keys.delayed);
    }
    return lag;
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
        if (!wasAway) this.#logger.warn(`Redis does not answer: ${(error as Error).message}`);
        wasAway = true;
        await this.#restore(error as Error);
      }
    }
  }

  /** A server that lost its data, or a topic that was deleted, has no group any more. */
  async #restore(error: Error): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (!error.message.startsWith('NOGROUP')) return;
    for (const source of this.#sources) await this.#createGroup(source).catch(() => undefined);
  }

  async #round(): Promise<void> {
    if (this.#paused) return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    for (const { keys, isOwn } of this.#sources) {
      if (isOwn) await this.redis.eval(MOVE_DUE, 2, keys.delayed, keys.again);
    }
    if (Date.now() >= this.#nextRecovery) await this.#recover();
    const free = this.request.prefetch - this.#inHand.count;
    if (free <= 0) return this.#inHand.changed(BLOCK_MS);
    this.#readerId ??= await this.reader.client('ID');
    if (!this.#open || this.#paused) return undefined;
    // So much is taken of each stream; with little room left they take turns.
    this.#turn += 1;
    const sources = this.#sources
      .map((_, index, all) => all[(index + this.#turn) % all.length] as Source)
      .slice(0, free);
    const read = await this.reader.xreadgroup(
      'GROUP',
      this.request.group,
      this.#consumer,
      'COUNT',
      Math.floor(free / sources.length),
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      ...sources.map(({ stream }) => stream),
      ...sources.map(() => '>'),
    );
    for (const [stream, entries] of (read ?? []) as readonly (readonly [string, readonly Entry[]])[]) {
      const source = sources.find((one) => one.stream === stream);
      if (source) for (const entry of entries) this.#deliver(source, entry, 1);
    }
  }

  /** Takes over what consumers had in hand that have not said anything about it for too long. */
  async #recover(): Promise<void> {
    const { group, prefetch, visibilityMs } = this.request;
    this.#nextRecovery = Date.now() + Math.min(visibilityMs / 2, 1000);
    for (const source of this.#sources) {
      const free = prefetch - this.#inHand.count;
      if (free <= 0) return;
      const answer = await this.redis.xautoclaim(
        source.stream,
        group,
        this.#consumer,
        visibilityMs,
        '0-0',
        'COUNT',
        free,
      );
      for (const entry of answer[1] as readonly Entry[]) {
        const [id, fields] = entry;
        if (this.#mine.has(`${source.stream} ${id}`)) continue;
        // Deleted with its topic.
        if (!fields) {
          await this.redis.xack(source.stream, group, id);
          continue;
        }
        const pending = await this.redis.xpending(source.stream, group, id, id, 1);
        const [[, , , count] = []] = pending as readonly (readonly [string, string, number, number] | readonly [])[];
        this.#deliver(source, entry, Number(count ?? 1));
      }
    }
  }

  #deliver(source: Source, [id, fields]: Entry, deliveries: number): void {
    const facts = factsOf(fields ?? []);
    const before = Number(facts['n'] ?? 0);
    let message: EventMessage;
    try {
      message = fromStructured(String(facts['d']));
    } catch (error) {
      void this.#bury(source, id, String(facts['d']), (error as Error).message, before + deliveries).catch(
        () => undefined,
      );
      return;
    }
    const mine = `${source.stream} ${id}`;
    this.#mine.add(mine);
    this.#inHand.add();
    let decided = false;
    const decide = async (consequence: () => Promise<unknown>) => {
      if (decided) return;
      decided = true;
      try {
        await consequence();
        if (source.isOwn) await this.redis.xdel(source.stream, id);
      } finally {
        this.#mine.delete(mine);
        this.#inHand.remove();
      }
    };
    const { group } = this.request;
    const attempt = before + deliveries;
    const envelope = String(facts['d']);
    const delivery: Delivery = {
      message,
      topic: source.topic,
      attempt,
      ack: () => decide(() => this.redis.xack(source.stream, group, id)),
      retry: (delayMs) =>
        decide(() => {
          const member = JSON.stringify([`${source.isOwn ? 'again' : 'first'} ${id}`, envelope, String(attempt)]);
          return this.redis.eval(DELAY, 2, source.keys.delayed, source.stream, delayMs, member, group, id);
        }),
      deadLetter: (reason) => decide(() => this.#bury(source, id, envelope, reason, attempt)),
      extend: async () => {
        await this.redis.xclaim(source.stream, group, this.#consumer, 0, id, 'JUSTID');
      },
    };
    void this.handle(delivery).catch(() => undefined);
  }

  async #bury({ stream, keys }: Source, id: string, envelope: string, reason: string, attempt: number): Promise<void> {
    await this.redis
      .multi()
      .xadd(keys.dead, '*', 'd', envelope, 'reason', reason, 'attempt', attempt)
      .xack(stream, this.request.group, id)
      .exec();
  }
}

/** Redis answers objects as lists of names and values. */
export function factsOf(list: readonly unknown[]): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (let index = 0; index + 1 < list.length; index += 2) facts[String(list[index])] = list[index + 1];
  return facts;
}
