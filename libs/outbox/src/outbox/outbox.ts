import { randomUUID } from 'node:crypto';
import { atomic, type Database, onCommit, runInContext } from '@core-framework/orm';
import { sql } from 'kysely';
import { connectionOf, transactionOf } from '../leases/connection-of.js';
import { sqlTimeOf } from '../leases/sql-time.js';
import type { OutboxRelay } from './outbox-relay.js';

/** A message that is to be published. */
export interface NewOutboxMessage {
  /** A UUID; a message that is added twice under one id is written once. @defaultValue a new one */
  readonly id?: string;
  /** Who publishes it: the channel for which a publisher is registered at the relay. */
  readonly channel: string;
  /** Name of what happened: `order.created`. */
  readonly type: string;
  readonly topic: string;
  /** Messages of a topic with the same key are published in the order in which they were written. */
  readonly key?: string;
  /** What kind of thing it is about. @defaultValue the type without its last part */
  readonly aggregateType?: string;
  /** Which one. @defaultValue the key, else the id */
  readonly aggregateId?: string;
  /** What is told, as JSON. */
  readonly payload: string;
  /** What travels beside it. @defaultValue {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before which it is not published. @defaultValue 0 */
  readonly delayMs?: number;
}

/** Rows written by one statement: databases take 32766 values, or few more, in one. */
const MOST_ROWS = 500;
const COLUMNS = [
  'id',
  'channel',
  'aggregatetype',
  'aggregateid',
  'type',
  'topic',
  'key',
  'payload',
  'headers',
  'created_at',
  'available_at',
  'attempts',
] as const;

/** Takes messages into the transaction of the work in hand: they are published if and only if it commits. */
export class Outbox {
  constructor(
    private readonly database: Database,
    private readonly relay: OutboxRelay,
  ) {}

  /**
   * Writes messages, in order, and has them published soon after the transaction; answers their ids. Of an id that the outbox
   * has already nothing is written.
   */
  async add(...messages: readonly NewOutboxMessage[]): Promise<readonly string[]> {
    if (messages.length === 0) return [];
    const ids = messages.map(({ id }) => id ?? randomUUID());
    const { database } = this;
    if (messages.length <= MOST_ROWS || transactionOf(database)) await this.#write(messages, ids);
    else await runInContext(() => atomic(() => this.#write(messages, ids), { database }), { database });
    if (transactionOf(database)) onCommit(() => this.relay.wakeAll(), { database });
    else this.relay.wakeAll();
    return ids;
  }

  async #write(messages: readonly NewOutboxMessage[], ids: readonly string[]): Promise<void> {
    for (let from = 0; from < messages.length; from += MOST_ROWS) {
      const until = from + MOST_ROWS;
      await this.#insert(messages.slice(from, until), ids.slice(from, until));
    }
  }

  async #insert(messages: readonly NewOutboxMessage[], ids: readonly string[]): Promise<void> {
    const time = sqlTimeOf(this.database);
    const rows = messages.map((message, index) => {
      const id = ids[index] ?? '';
      return sql`(${sql.join([
        id,
        message.channel,
        message.aggregateType ?? message.type.replace(/\.[^.]*$/, ''),
        message.aggregateId ?? message.key ?? id,
        message.type,
        message.topic,
        message.key ?? null,
        message.payload,
        JSON.stringify(message.headers ?? {}),
        time.now,
        message.delayMs ? time.after(message.delayMs) : time.now,
        0,
      ])})`;
    });
    const columns = sql.join(COLUMNS.map((column) => sql.ref(column)));
    const isMySql = this.database.dialect === 'mariadb' || this.database.dialect === 'mysql';
    const unlessThere = isMySql ? sql`on duplicate key update id = id` : sql`on conflict (id) do nothing`;
    await sql`insert into ${sql.table('outbox_messages')} (${columns}) values ${sql.join(rows)} ${unlessThere}`.execute(
      connectionOf(this.database),
    );
  }
}
