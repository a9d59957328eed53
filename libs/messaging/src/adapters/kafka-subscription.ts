import { randomUUID } from 'node:crypto';
import { deliverEphemeral } from '../brokers/ephemeral-delivery.js';
import { InHand } from '../brokers/in-hand.js';
import type { Delivery, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';
import type { KafkaClients } from './kafka-clients.js';
import { KafkaDecision } from './kafka-decision.js';
import {
  ATTEMPTS_HEADER,
  deadTopicOf,
  DUE_HEADER,
  FAILED_AT_HEADER,
  PLACE_HEADER,
  placeNote,
  readRecord,
  REASON_HEADER,
  retryGroupOf,
  retryTopicOf,
  sentOn,
} from './kafka-messages.js';
import { KafkaReader, type TextMessage } from './kafka-reader.js';
import type { KafkaTopics } from './kafka-topics.js';

const CHECK_MS = 100;
/** What could not be sent on is tried again after so long. */
const INSIST_MS = 1000;
/** A reason takes part in how large a message is. */
const LONGEST_REASON = 4000;
/** Most records that wait here for their time. */
const MOST_WAITING = 10_000;
/** Fewest records of a partition that may be in work or done behind the last commit. */
const SHORTEST_WINDOW = 64;

/** A consumer of a group: one reader for its topics, one for what is to be tried again. */
export class KafkaSubscription implements Subscription {
  readonly #inHand = new InHand();
  readonly #waiting = new InHand();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #readers: readonly KafkaReader[];
  #open = true;
  #paused = false;

  constructor(
    private readonly clients: KafkaClients,
    private readonly topics: KafkaTopics,
    private readonly request: SubscribeRequest,
    private readonly handle: (delivery: Delivery) => Promise<void>,
    private readonly ended: () => void,
  ) {
    const { topics: names, group, ephemeral = false } = request;
    const first = new KafkaReader(clients, {
      group: ephemeral ? `${group}.${randomUUID()}` : group,
      topics: names,
      tail: ephemeral,
      room: () => this.#room(),
      window: Math.max(SHORTEST_WINDOW, 2 * request.prefetch),
      handle: (message, done, suspect) => this.#deliver(message.topic, message, done, suspect),
    });
    const again = new KafkaReader(clients, {
      group: retryGroupOf(group),
      topics: names.map((topic) => retryTopicOf({ topic, group })),
      tail: false,
      room: () => this.#roomToWait(),
      window: Infinity,
      handle: (message, done, suspect) => this.#wait(message, done, suspect),
    });
    this.#readers = ephemeral ? [first] : [first, again];
  }

  async start(): Promise<void> {
    const { topics, group, ephemeral } = this.request;
    for (const topic of topics) {
      await this.clients.ensureTopic(topic);
      if (ephemeral) continue;
      await this.clients.ensureTopic(retryTopicOf({ topic, group }));
      await this.clients.ensureTopic(deadTopicOf({ topic, group }), { partitions: 1 });
    }
    await Promise.all(this.#readers.map((reader) => reader.start()));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#open = false;
    await Promise.all(this.#readers.map((reader) => reader.stop()));
    await this.#inHand.emptied(timeoutMs);
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#readers.map((reader) => reader.close()));
    this.ended();
  }

  async lag(): Promise<number> {
    const { topics, group, ephemeral } = this.request;
    if (ephemeral) return this.#inHand.count;
    const lags = await Promise.all(topics.map((topic) => this.topics.lag({ topic, group })));
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  async #room(): Promise<void> {
    while (this.#open && (this.#paused || this.#inHand.count >= this.request.prefetch))
      await this.#inHand.changed(CHECK_MS);
  }

  async #roomToWait(): Promise<void> {
    while (this.#open && this.#waiting.count >= MOST_WAITING) await this.#waiting.changed(CHECK_MS);
  }

  /** Holds a record until its time has come; it stays uncommitted, so that it survives this process. */
  #wait(message: TextMessage, done: () => void, suspect: boolean): void {
    const { group } = this.request;
    const topic = this.request.topics.find(
      (name) => message.headers.get(PLACE_HEADER) === placeNote({ topic: name, group }),
    );
    if (topic === undefined) return done();
    this.#waiting.add();
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#waiting.remove();
        void this.#room().then(() => {
          if (this.#open) this.#deliver(topic, message, done, suspect);
        });
      },
      Math.max(0, Number(message.headers.get(DUE_HEADER) ?? 0) - Date.now()),
    );
    this.#timers.add(timer);
  }

  #deliver(topic: string, record: TextMessage, done: () => void, suspect: boolean): void {
    if (!this.#open) return;
    const { group, ephemeral } = this.request;
    const attempt = Number(record.headers.get(ATTEMPTS_HEADER) ?? 0) + 1;
    let message: EventMessage;
    try {
      message = readRecord(record);
    } catch (error) {
      // Of one that listens for itself nobody could look for dead letters.
      if (ephemeral) return done();
      const reason = (error as Error).message;
      void this.#decision(done)
        .be(() => this.#bury(topic, record, reason, attempt))
        .catch(() => undefined);
      return;
    }
    if (ephemeral) {
      deliverEphemeral(topic, message, this.#inHand, this.handle);
      return done();
    }
    const decision = this.#decision(done);
    const place = { topic, group };
    const delivery: Delivery = {
      message,
      topic,
      attempt,
      suspect,
      ack: () => decision.be(),
      retry: (delayMs) =>
        decision.be(async () => {
          const due = String(Date.now() + delayMs);
          const notes = { [ATTEMPTS_HEADER]: String(attempt), [DUE_HEADER]: due, [PLACE_HEADER]: placeNote(place) };
          await this.clients.send([sentOn(retryTopicOf(place), record, notes)]);
        }),
      deadLetter: (reason, attempts = attempt) => decision.be(() => this.#bury(topic, record, reason, attempts)),
      // Records stay with a member of the group as long as it lives.
      extend: async () => undefined,
    };
    void this.handle(delivery).catch(() => undefined);
  }

  #decision(done: () => void): KafkaDecision {
    this.#inHand.add();
    const end = (isDone: boolean) => {
      if (isDone) done();
      this.#inHand.remove();
    };
    return new KafkaDecision({ end, isOpen: () => this.#open, pauseMs: INSIST_MS });
  }

  async #bury(topic: string, record: TextMessage, reason: string, attempt: number): Promise<void> {
    const place = { topic, group: this.request.group };
    const notes = {
      [ATTEMPTS_HEADER]: String(attempt),
      [REASON_HEADER]: reason.slice(0, LONGEST_REASON),
      [FAILED_AT_HEADER]: new Date().toISOString(),
      [PLACE_HEADER]: placeNote(place),
    };
    await this.clients.send([{ ...sentOn(deadTopicOf(place), record, notes), partition: 0 }]);
  }
}
