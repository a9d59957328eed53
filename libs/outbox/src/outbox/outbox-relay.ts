import { type Database, runInContext } from '@core-framework/orm';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import type { Inbox } from '../inbox/inbox.js';
import type { Lease } from '../leases/lease.js';
import { LeaseQueue } from '../leases/lease-queue.js';
import type { ResolvedOutboxOptions } from '../outbox.options.js';
import type { OutboxPublisher, OutboxRow } from './outbox-publisher.js';
import { OUTBOX_TABLE } from './outbox-table.js';
import { publishInOrder } from './publish-in-order.js';
import { Waking } from './waking.js';

/** First pause after a failure and after work, in milliseconds; the next ones are longer. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_RETRY_MS = 300_000;
/** Milliseconds between two looks for rows that are too old. */
const PURGE_INTERVAL_MS = 60_000;

/** What came of working until batches are not full any more. */
interface Burst {
  readonly claimed: number;
  readonly sent: number;
  /** Whether it ended for another reason than that. */
  readonly isMore: boolean;
}

/** The work on one channel. */
interface Loop {
  readonly waking: Waking;
  readonly ended: Promise<void>;
}

/** On which the relays of all processes hear of messages. */
const CHANNEL = 'core_outbox';

/**
 * Takes messages out of the outbox to whoever publishes their channel. Any number of processes may run one; a message
 * that was published by a relay which died before it could note that is published again. Each channel is worked on by itself,
 * so that one whose other side is away holds up no other.
 */
export class OutboxRelay {
  readonly #queue: LeaseQueue<OutboxRow>;
  readonly #publishers = new Map<string, OutboxPublisher>();
  readonly #logger = new Logger(OutboxRelay.name);
  readonly #loops = new Map<string, Loop>();
  #stopListening: (() => void) | undefined;
  #stopping = false;
  #takesAll = false;
  #nextPurge = 0;

  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox,
    private readonly options: ResolvedOutboxOptions,
  ) {
    this.#queue = new LeaseQueue(database, OUTBOX_TABLE);
  }

  /** Names who publishes the messages of a channel; those of channels without publisher stay for other processes. */
  register(channel: string, publisher: OutboxPublisher): void {
    this.#publishers.set(channel, publisher);
    if (this.#takesAll) this.#work(channel);
  }

  /** Whether it is at work in this process. */
  get isRunning(): boolean {
    return this.#stopListening !== undefined;
  }

  /** Works until {@link stop}, on the given channels, else on all that have a publisher. */
  start(...channels: readonly string[]): void {
    this.#stopping = false;
    this.#stopListening ??= this.database.signals.listen(CHANNEL, () => this.wake());
    if (channels.length === 0) this.#takesAll = true;
    for (const channel of channels.length === 0 ? this.#publishers.keys() : channels) this.#work(channel);
  }

  /** Finishes the batches in hand and stops. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#takesAll = false;
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.wake();
    await Promise.all([...this.#loops.values()].map(({ ended }) => ended));
    this.#loops.clear();
  }

  /** Has it look at once. Costs nothing when it does not run. */
  wake(): void {
    for (const { waking } of this.#loops.values()) waking.wake();
  }

  /** Has it look at once, and those of other processes soon. */
  wakeAll(): void {
    this.wake();
    this.database.signals.send(CHANNEL);
  }

  /** Publishes what is due now, batch by batch, and answers how many messages left; for tests and commands. */
  async flush(): Promise<number> {
    let published = 0;
    for (;;) {
      const { claimed, sent } = await this.#alone(() => this.#burst([...this.#publishers.keys()]));
      published += sent;
      if (claimed === 0) return published;
    }
  }

  /** Forgets what is older than its retention once a minute, where no relay does so. Answers how to end that. */
  purgeRegularly(): () => Promise<void> {
    let last: Promise<void> | undefined;
    const purge = () => {
      last = this.#alone(() => this.#purge()).catch((error: unknown) => {
        this.#logger.warn(`What is older than its retention could not be forgotten: ${(error as Error).message}`);
      });
    };
    const timer = setInterval(purge, PURGE_INTERVAL_MS);
    purge();
    return async () => {
      clearInterval(timer);
      await last;
    };
  }

  #work(channel: string): void {
    if (this.#loops.has(channel)) return;
    const waking = new Waking();
    this.#loops.set(channel, { waking, ended: this.#alone(() => this.#run(channel, waking)) });
  }

  async #run(channel: string, waking: Waking): Promise<void> {
    let pause = SHORTEST_PAUSE_MS;
    let isAway = false;
    while (!this.#stopping) {
      try {
        const { claimed, isMore } = await this.#burst([channel]);
        if (isAway) this.#logger.log(`Messages of "${channel}" leave the outbox again.`);
        isAway = false;
        if (claimed > 0) pause = SHORTEST_PAUSE_MS;
        if (isMore) continue;
        await this.#purge();
      } catch (error) {
        if (!isAway) this.#logger.warn(`Messages of "${channel}" wait in the outbox: ${(error as Error).message}`);
        isAway = true;
      }
      if (!this.#stopping) await waking.pause(Math.min(pause, this.options.pollMs));
      pause = Math.min(pause * 2, this.options.pollMs);
    }
  }

  /** Works as long as batches are full: two at a time, so that one is claimed or noted while the other is on its way. */
  async #burst(channels: readonly string[]): Promise<Burst> {
    const first = await this.#claim(channels);
    if (!first) return { claimed: 0, sent: 0, isMore: false };
    const lanes = [this.#lane(channels, first)];
    if (this.#isFull(first)) lanes.push(this.#claim(channels).then((second) => this.#lane(channels, second)));
    const ended = await Promise.allSettled(lanes);
    const total = { claimed: 0, sent: 0, isMore: false };
    for (const lane of ended) {
      if (lane.status === 'rejected') throw lane.reason;
      total.claimed += lane.value.claimed;
      total.sent += lane.value.sent;
      total.isMore ||= lane.value.isMore;
    }
    return total;
  }

  async #lane(channels: readonly string[], first: Lease<OutboxRow> | undefined): Promise<Burst> {
    let [lease, claimed, sent] = [first, 0, 0];
    while (lease) {
      claimed += lease.rows.length;
      sent += await this.#publishKept(lease);
      if (!this.#isFull(lease)) return { claimed, sent, isMore: false };
      if (this.#stopping) return { claimed, sent, isMore: true };
      lease = await this.#claim(channels);
    }
    return { claimed, sent, isMore: false };
  }

  #isFull({ rows }: Lease<OutboxRow>): boolean {
    return rows.length === this.options.batch;
  }

  async #claim(channels: readonly string[]): Promise<Lease<OutboxRow> | undefined> {
    if (channels.length === 0) return undefined;
    const { batch: limit, leaseMs } = this.options;
    const lease = await this.#queue.claim({ limit, leaseMs, where: sql`c.channel in (${sql.join(channels)})` });
    return lease.rows.length > 0 ? lease : undefined;
  }

  async #publishKept(lease: Lease<OutboxRow>): Promise<number> {
    const { leaseMs } = this.options;
    const keeping = setInterval(() => void lease.extend(leaseMs).catch(() => undefined), leaseMs / 3);
    try {
      return await this.#publish(lease);
    } finally {
      clearInterval(keeping);
    }
  }

  async #publish(lease: Lease<OutboxRow>): Promise<number> {
    const { sent, refused, untried, failures } = await publishInOrder(lease.rows, this.#publishers);
    const kept = await lease.complete(sent);
    if (kept < sent.length) {
      this.#logger.warn(`${sent.length - kept} messages were published so late that another relay may do so again.`);
    }
    for (const [row, error] of refused) {
      if (row.attempts >= this.options.attempts) {
        await lease.fail(row, error.message);
        this.#logger.error(
          `The message ${row.id} (${row.type}) could not be published ${row.attempts} times: ${error.message}`,
        );
      } else {
        await lease.retry(row, Math.min(1000 * 2 ** (row.attempts - 1), LONGEST_RETRY_MS), error.message);
      }
    }
    await lease.release(untried);
    const [failure] = failures.values();
    if (failure) throw failure;
    return sent.length;
  }

  async #purge(): Promise<void> {
    if (Date.now() < this.#nextPurge) return;
    this.#nextPurge = Date.now() + PURGE_INTERVAL_MS;
    await this.#queue.purge(this.options.retentionMs);
    await this.inbox.purge(this.options.inboxRetentionMs);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.database, isolated: true });
  }
}
