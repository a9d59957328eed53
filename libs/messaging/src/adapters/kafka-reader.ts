import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Message, MessagesStream } from '@platformatic/kafka';
import type { KafkaClients, TextConsumer } from './kafka-clients.js';
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
  /** Is given each record, with what is to be called once it is dealt with. */
  readonly handle: (message: TextMessage, done: () => void) => void;
}

const RESTART_MS = 500;

/** A member of a Kafka group: reads records and commits how far all are dealt with. */
export class KafkaReader {
  readonly #logger = new Logger('KafkaBroker');
  readonly #partitions = new Map<string, PartitionOffsets>();
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
    this.#stream = await this.#subscribe();
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

  async #subscribe(): Promise<MessagesStream<string, string, string, string>> {
    const { group, topics, tail } = this.options;
    this.#consumer = this.clients.consumer(group);
    const stream = await this.#consumer.consume({
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

  async #read(): Promise<void> {
    while (this.#open) {
      try {
        for await (const message of this.#stream ?? []) {
          await this.options.room();
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
    const name = `${topic} ${partition}`;
    let offsets = this.#partitions.get(name);
    if (!offsets) this.#partitions.set(name, (offsets = new PartitionOffsets()));
    // After a change among the members what is in hand comes again.
    if (!offsets.begin(offset)) return;
    const known = offsets;
    this.options.handle(message, () => {
      known.end(offset);
      if (this.options.tail) known.advance();
      else this.#commitSoon();
    });
  }

  #commitSoon(): void {
    this.#committing ??= pause(5)
      .then(() => this.#commit())
      // Committed with the next ones, or read again.
      .catch(() => undefined)
      .finally(() => (this.#committing = undefined));
  }

  async #commit(): Promise<void> {
    const offsets = [...this.#partitions].flatMap(([name, known]) => {
      const offset = known.advance();
      const [topic = '', partition] = name.split(' ');
      return offset === undefined ? [] : [{ topic, partition: Number(partition), offset, leaderEpoch: -1 }];
    });
    if (offsets.length > 0) await this.#consumer?.commit({ offsets });
  }
}
