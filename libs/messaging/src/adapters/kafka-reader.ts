import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Message, MessagesStream } from '@platformatic/kafka';
import { is, type KafkaClients, type TextConsumer } from './kafka-clients.js';
import { PartitionOffsets } from './kafka-offsets.js';

export type TextMessage = Message<string, string, string, string>;

/** What a reader reads, and how. */
export interface ReaderOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Begins at the end and commits nothing. */
  readonly tail: boolean;
  /** Resolves when there is room for a further record. */
  readonly room: () => Promise<void>;
  /** Most records of a partition behind the last commit; so many may have been in hand when a member died. */
  readonly window: number;
  /** Is given each record, what is to be called once it is dealt with, and whether a member may have died over it. */
  readonly handle: (message: TextMessage, done: () => void, suspect: boolean) => void;
}

const RESTART_MS = 500;
/** Commits of so long go together. */
const COMMIT_MS = 5;
const CHECK_MS = 5;
const LATEST = -1n;
const MOST_JOINS = 5;
/** Refusals of who joins that pass; the mock cluster of librdkafka says the first one to members that join at once. */
const PASSING = [
  'INVALID_REQUEST',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
];

/** A member of a Kafka group: reads records and commits how far all are dealt with. */
export class KafkaReader {
  readonly #logger = new Logger('KafkaBroker');
  readonly #partitions = new Map<string, PartitionOffsets>();
  /** Where the partitions ended when this member was given them; not known at once. */
  #ends: ReadonlyMap<string, readonly bigint[]> | undefined;
  #consumer: TextConsumer | undefined;
  #stream: MessagesStream<string, string, string, string> | undefined;
  #reading: Promise<void> | undefined;
  #committing: Promise<void> | undefined;
  #open = true;

  constructor(
    private readonly clients: KafkaClients,
    private readonly options: ReaderOptions,
  ) {}

  async start(): Promise<void> {
    this.#stream = await this.#join();
    this.#reading = this.#read();
  }

  /** Takes no more records. What is in hand may still be said to be done. */
  async stop(): Promise<void> {
    this.#open = false;
    await this.#stream?.close().catch(() => undefined);
    await this.#reading;
  }

  async close(): Promise<void> {
    await this.#committing;
    await this.#commit().catch(() => undefined);
    await this.#consumer?.close(true).catch(() => undefined);
  }

  /** Joins the group, again when that was at a bad moment: others join or leave meanwhile, or its coordinator moves. */
  async #join(): Promise<MessagesStream<string, string, string, string>> {
    for (let time = 1; ; time += 1) {
      try {
        return await this.#subscribe();
      } catch (error) {
        if (!this.#open || time === MOST_JOINS || !PASSING.some((name) => is(error, name))) throw error;
        await this.#consumer?.close(true).catch(() => undefined);
        await pause(RESTART_MS);
      }
    }
  }

  async #subscribe(): Promise<MessagesStream<string, string, string, string>> {
    const { group, topics, tail } = this.options;
    const consumer = this.clients.consumer(group);
    this.#consumer = consumer;
    if (!tail) consumer.on('consumer:group:join', () => void this.#joined(consumer).catch(() => undefined));
    const stream = await consumer.consume({
      topics: [...topics],
      mode: tail ? 'latest' : 'committed',
      fallbackMode: tail ? 'latest' : 'earliest',
      autocommit: false,
      maxWaitTime: 100,
    });
    // Told by the loop that reads.
    stream.on('error', () => undefined);
    for (let waited = 0; stream.offsetsToFetch.size === 0 && waited < 50; waited += 1) await pause(20);
    return stream;
  }

  /** The members of the group changed: partitions may have gone to others, and come from others. */
  async #joined(consumer: TextConsumer): Promise<void> {
    const owned = (consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => `${topic} ${partition}`),
    );
    for (const [name, known] of this.#partitions) {
      if (owned.includes(name)) known.handOver();
      // How far it is done is another's to say.
      else this.#partitions.delete(name);
    }
    this.#ends = undefined;
    this.#ends = await consumer.listOffsets({ topics: [...this.options.topics], timestamp: LATEST });
  }

  async #read(): Promise<void> {
    while (this.#open) {
      try {
        for await (const message of this.#stream ?? []) {
          await this.options.room();
          await this.#roomBehindCommit(message);
          if (!this.#open) break;
          this.#take(message);
        }
      } catch (error) {
        if (this.#open) this.#logger.warn(`Kafka does not answer: ${(error as Error).message}`);
      }
      if (this.#open) await this.#restart();
    }
  }

  async #restart(): Promise<void> {
    await this.#consumer?.close(true).catch(() => undefined);
    this.#partitions.clear();
    while (this.#open) {
      await pause(RESTART_MS);
      try {
        for (const topic of this.options.topics) {
          this.clients.forget(topic);
          await this.clients.ensureTopic(topic);
        }
        this.#stream = await this.#subscribe();
        this.#logger.log('Kafka is back.');
        return;
      } catch {
        // Tried until it is there.
      }
    }
  }

  #take(message: TextMessage): void {
    const { topic, partition, offset } = message;
    const known = this.#offsetsOf(message);
    // After a change among the members what is in hand comes again.
    if (!known.begin(offset)) return;
    const end = this.#ends?.get(topic)?.[partition];
    const suspect =
      !this.options.tail && (end === undefined || offset < end) && known.isNear(offset, this.options.window);
    const done = () => {
      known.end(offset);
      if (this.options.tail) known.advance();
      else this.#commitSoon();
    };
    this.options.handle(message, done, suspect);
  }

  #offsetsOf({ topic, partition, offset }: TextMessage): PartitionOffsets {
    const name = `${topic} ${partition}`;
    let offsets = this.#partitions.get(name);
    if (!offsets) this.#partitions.set(name, (offsets = new PartitionOffsets()));
    offsets.see(offset);
    return offsets;
  }

  async #roomBehindCommit(message: TextMessage): Promise<void> {
    if (this.options.tail) return;
    const known = this.#offsetsOf(message);
    while (this.#open && !known.isBehindCommit(message.offset, this.options.window)) {
      this.#commitSoon();
      await pause(CHECK_MS);
    }
  }

  #commitSoon(): void {
    this.#committing ??= this.#commitAll();
  }

  /** A commit that fails is made up for here, and what is done while one is on its way: nothing may come after it. */
  async #commitAll(): Promise<void> {
    let wait = COMMIT_MS;
    do {
      await pause(wait);
      wait = COMMIT_MS;
      try {
        await this.#commit();
      } catch {
        wait = RESTART_MS;
        // What is not committed when this member ends is read again.
        if (!this.#open) break;
      }
    } while ([...this.#partitions.values()].some((known) => known.advance() !== undefined));
    this.#committing = undefined;
  }

  async #commit(): Promise<void> {
    const further = [...this.#partitions].flatMap(([name, known]) => {
      const offset = known.advance();
      return offset === undefined ? [] : [{ name, known, offset }];
    });
    if (further.length === 0) return;
    const offsets = further.map(({ name, offset }) => {
      const [topic = '', partition] = name.split(' ');
      return { topic, partition: Number(partition), offset, leaderEpoch: -1 };
    });
    await this.#consumer?.commit({ offsets });
    for (const { known, offset } of further) known.committed(offset);
  }
}
