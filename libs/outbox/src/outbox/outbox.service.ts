import type { Database } from '@core-framework/orm';
import { sql } from 'kysely';
import { connectionOf } from '../leases/connection-of.js';
import { LeaseQueue } from '../leases/lease-queue.js';
import { sqlTimeOf } from '../leases/sql-time.js';
import type { OutboxRow } from './outbox-publisher.js';
import type { OutboxRelay } from './outbox-relay.js';
import { OUTBOX_TABLE } from './outbox-table.js';

/** How the outbox is doing. */
export interface OutboxStatus {
  /** Messages that are to be published, those below included. */
  readonly pending: number;
  /** Of these, messages that a relay has in hand. */
  readonly leased: number;
  /** Of these, messages that wait for their time, or for another try. */
  readonly delayed: number;
  /** Messages that were given up. */
  readonly failed: number;
  /** Seconds since the oldest message that is to be published was written; 0 when there is none. */
  readonly lagSeconds: number;
}

/** What operators ask of the outbox. */
export class OutboxService {
  readonly #queue: LeaseQueue<OutboxRow>;

  constructor(
    private readonly database: Database,
    private readonly relay: OutboxRelay,
  ) {
    this.#queue = new LeaseQueue(database, OUTBOX_TABLE);
  }

  async status(): Promise<OutboxStatus> {
    const { now } = sqlTimeOf(this.database);
    const count = (condition: ReturnType<typeof sql>) => sql`sum(case when ${condition} then 1 else 0 end)`;
    const { rows } = await sql<Record<keyof Omit<OutboxStatus, 'lagSeconds'>, string | number | null>>`
      select ${count(sql`failed_at is null`)} as pending,
        ${count(sql`failed_at is null and locked_until > ${now}`)} as leased,
        ${count(sql`failed_at is null and available_at > ${now}`)} as ${sql.ref('delayed')},
        ${count(sql`failed_at is not null`)} as failed
      from ${sql.table(OUTBOX_TABLE.name)} where sent_at is null`.execute(connectionOf(this.database));
    const { pending, leased, delayed, failed } = rows[0] ?? {};
    return {
      pending: Number(pending ?? 0),
      leased: Number(leased ?? 0),
      delayed: Number(delayed ?? 0),
      failed: Number(failed ?? 0),
      lagSeconds: await this.#lag(),
    };
  }

  /** Has messages that were given up published after all: those of the given ids, or all; answers how many. */
  async retry(ids?: readonly string[]): Promise<number> {
    if (ids?.length === 0) return 0;
    const revived = await this.#queue.revive(ids && sql`id in (${sql.join(ids)})`);
    this.relay.wakeAll();
    return revived;
  }

  async #lag(): Promise<number> {
    const { now } = sqlTimeOf(this.database);
    const seconds = {
      sqlite: sql`(${now} - created_at) / 1000.0`,
      postgresql: sql`extract(epoch from ${now} - created_at)`,
      mariadb: sql`timestampdiff(microsecond, created_at, ${now}) / 1000000`,
      mysql: sql`timestampdiff(microsecond, created_at, ${now}) / 1000000`,
    }[this.database.dialect];
    const { rows } = await sql<{ lag: string | number }>`select ${seconds} as lag from ${sql.table(OUTBOX_TABLE.name)}
      where sent_at is null and failed_at is null order by seq limit 1`.execute(connectionOf(this.database));
    return Math.max(0, Number(rows[0]?.lag ?? 0));
  }
}
