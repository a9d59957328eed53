import type { Redis } from 'ioredis';
import { type GroupKeys, groupKeys, keylessKey, topicKey } from './redis-keys.js';
import { BURY, DELAY, DONE, GIVE_BACK, HEAL, LEAVE, RECOVER, TAKE } from './redis-order.js';

/** An entry of a stream as a consumer is given it. */
export interface RedisEntry {
  readonly id: string;
  readonly fields: readonly string[];
  /** How often it was given out, this time included. */
  readonly deliveries: number;
  /** That of its message, when its order is kept. */
  readonly key?: string | undefined;
}

/** What a consumer was given. */
export interface Taken {
  readonly entries: readonly RedisEntry[];
  /** Where the stream ended when there was no more; empty when there may be. */
  readonly end: string;
  /** Whether so many messages wait for those of their key that no new ones are given. */
  readonly isFull: boolean;
}

type Entry = readonly [id: string, fields: readonly string[], deliveries?: number];

/** Most messages that wait for those of their key that came before them. */
const MOST_PARKED = 10_000;

/** Whose streams a consumer reads. */
export interface RedisConsumer {
  readonly name: string;
  readonly group: string;
  readonly visibilityMs: number;
}

/** A stream as a consumer of a group reads it. */
export class RedisSource {
  readonly stream: string;
  readonly keys: GroupKeys;
  readonly #names: readonly string[];
  readonly #keyless: string;
  /** Whether events have keys, as far as is known. */
  #hasKeys = true;
  /** Whether there was more than was taken the last time. */
  #isBusy = false;

  /** @param isOwn whether it is the group's own, of what comes again: entries are deleted from it, and have no order */
  constructor(
    private readonly redis: Redis,
    private readonly consumer: RedisConsumer,
    readonly topic: string,
    readonly isOwn: boolean,
  ) {
    this.keys = groupKeys({ topic, group: consumer.group });
    this.stream = isOwn ? this.keys.again : topicKey(topic);
    this.#keyless = keylessKey(topic);
    const { holders, parked, ready } = this.keys;
    this.#names = [this.stream, holders, parked, ready];
  }

  /** From the first message that is kept, so that nothing is lost when whoever publishes starts first. */
  async createGroup(): Promise<void> {
    await this.#createGroup(this.stream);
    if (this.isOwn) return;
    this.#hasKeys = false;
    await this.#createGroup(this.#keyless).catch((error: Error) => this.#noteKeys(error));
  }

  /** Over the connection of its own that a consumer reads by: what it is not told of was given to it all the same. */
  async take(reader: Redis, room: number): Promise<Taken> {
    if (this.isOwn) return { entries: await this.#read(reader, room, [this.stream]), end: '', isFull: false };
    if (this.#isBusy && !this.#hasKeys) {
      const entries = await this.#readWithoutKeys(reader, room);
      this.#isBusy = entries.length === room;
      if (entries.length > 0) return { entries, end: '', isFull: false };
    }
    const answer = await this.#run(TAKE, [this.consumer.name, room, MOST_PARKED], reader);
    const [taken, deliveries, end, isFull] = answer as [readonly Entry[], readonly number[], string, number];
    this.#isBusy = taken.length === room;
    return { entries: taken.map((entry, index) => entryOf(entry, deliveries[index])), end, isFull: isFull === 1 };
  }

  /** Takes over what others were silent about for too long; part of it may have to be taken. */
  async recover(room: number, held: readonly string[]): Promise<readonly RedisEntry[]> {
    const { name, visibilityMs } = this.consumer;
    const claimed = (await this.#run(RECOVER, [name, visibilityMs, room, ...held])) as readonly Entry[];
    if (!this.isOwn) await this.#run(HEAL, []);
    return claimed.map((entry) => entryOf(entry, entry[2]));
  }

  /** Has what is not held given out again. @param isNew whether the consumer never came to know of it */
  async giveBack(held: readonly string[], isNew: boolean): Promise<void> {
    const { name, visibilityMs } = this.consumer;
    await this.#run(GIVE_BACK, [name, visibilityMs, isNew ? 1 : 0, ...held]);
  }

  /** Gives all back. What the consumer never came to know of, which is all but what is held, does not count as tried. */
  async leave(held: readonly string[]): Promise<void> {
    await this.giveBack(held, true);
    await this.giveBack([], false);
    await this.#run(LEAVE, [this.consumer.name]);
  }

  /** Answers whether messages of keys that nobody has in hand wait. */
  async done(entries: readonly RedisEntry[]): Promise<boolean> {
    const plain = entries.flatMap(({ id, key }) => (key === undefined ? [id] : []));
    const keyed = entries.flatMap(({ id, key }) => (key === undefined ? [] : [id, key]));
    const pipeline = this.redis.pipeline();
    if (plain.length > 0) pipeline.xack(this.stream, this.consumer.group, ...plain);
    if (this.isOwn) pipeline.xdel(this.stream, ...plain);
    if (keyed.length > 0) pipeline.eval(DONE, this.#names.length, ...this.#names, this.consumer.group, ...keyed);
    const answers = (await pipeline.exec()) ?? [];
    for (const [error] of answers) if (error) throw error;
    return keyed.length > 0 && Number(answers.at(-1)?.[1]) > 0;
  }

  async delay({ id, key }: RedisEntry, delayMs: number, member: string): Promise<void> {
    await this.#runOn(DELAY, this.keys.delayed, [id, delayMs, member, this.isOwn ? 1 : 0, ...keyOf(key)]);
  }

  async bury({ id, key }: RedisEntry, ...letter: [envelope: string, reason: string, attempt: number]): Promise<void> {
    await this.#runOn(BURY, this.keys.dead, [id, ...letter, this.isOwn ? 1 : 0, ...keyOf(key)]);
  }

  async extend({ id }: RedisEntry): Promise<void> {
    await this.redis.xclaim(this.stream, this.consumer.group, this.consumer.name, 0, id, 'JUSTID');
  }

  /** What is new, at half the cost of the script, and nothing from the moment at which an event has a key. */
  async #readWithoutKeys(reader: Redis, room: number): Promise<readonly RedisEntry[]> {
    try {
      return await this.#read(reader, room, [this.stream, this.#keyless]);
    } catch (error) {
      this.#noteKeys(error as Error);
      return [];
    }
  }

  async #read(reader: Redis, room: number, streams: readonly string[]): Promise<readonly RedisEntry[]> {
    const { group, name } = this.consumer;
    const ids = streams.map(() => '>');
    const read = await reader.xreadgroup('GROUP', group, name, 'COUNT', room, 'STREAMS', ...streams, ...ids);
    const [[, entries] = []] = (read ?? []) as readonly (readonly [string, readonly Entry[]])[];
    return entries?.map((entry) => entryOf(entry)) ?? [];
  }

  /** @throws the error unless it says that the stream of a topic without keys is none any more. */
  #noteKeys(error: Error): void {
    if (!error.message.startsWith('WRONGTYPE')) throw error;
    this.#hasKeys = true;
  }

  async #createGroup(stream: string): Promise<void> {
    await this.redis.xgroup('CREATE', stream, this.consumer.group, '0', 'MKSTREAM').catch((error: Error) => {
      if (!error.message.startsWith('BUSYGROUP')) throw error;
    });
  }

  #run(script: string, values: readonly (string | number)[], client = this.redis): Promise<unknown> {
    return client.eval(script, this.#names.length, ...this.#names, this.consumer.group, ...values);
  }

  #runOn(script: string, further: string, values: readonly (string | number)[]): Promise<unknown> {
    const names = [...this.#names, further];
    return this.redis.eval(script, names.length, ...names, this.consumer.group, ...values);
  }
}

const keyOf = (key: string | undefined) => (key === undefined ? [] : [key]);

function entryOf([id, fields]: Entry, deliveries = 1): RedisEntry {
  return { id, fields, deliveries, key: fields[0] === 'k' ? fields[1] : undefined };
}
