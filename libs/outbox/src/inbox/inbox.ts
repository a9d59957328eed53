import type { Database } from '@core-framework/orm';
import { sql } from 'kysely';
import { connectionOf } from '../leases/connection-of.js';
import { purgeRows } from '../leases/lease-queue.js';
import { sqlTimeOf } from '../leases/sql-time.js';

const TABLE = 'inbox_messages';

/** Remembers which messages a group has dealt with, so that one that comes again has no second effect. */
export class Inbox {
  constructor(private readonly database: Database) {}

  /**
   * Notes, in the transaction of the work in hand, that the group deals with the message; `false` when it did before. While
   * another transaction deals with it this waits for how that ends.
   */
  async accept(group: string, eventId: string): Promise<boolean> {
    const { dialect } = this.database;
    const isMySql = dialect === 'mariadb' || dialect === 'mysql';
    const columns = sql.join(['group', 'event_id', 'processed_at'].map((column) => sql.ref(column)));
    const { numAffectedRows = 0n } =
      await sql`insert ${isMySql ? sql`ignore ` : sql``}into ${sql.table(TABLE)} (${columns})
      values (${group}, ${eventId}, ${sqlTimeOf(this.database).now})${isMySql ? sql`` : sql` on conflict do nothing`}`.execute(
        connectionOf(this.database),
      );
    return numAffectedRows > 0n;
  }

  /**
   * Notes at once, whatever becomes of the work after it, that the group begins with a message which it may have died over;
   * answers how often it has, this time included, up to `most`. To be called outside of a transaction.
   */
  async begin(group: string, eventId: string, most: number): Promise<number> {
    for (let time = 1; time < most; time++) if (await this.accept(`${group}!${time}`, eventId)) return time;
    return most;
  }

  /** Forgets how often the group began with a message, as far as {@link begin} counted. */
  async forgetBeginnings(group: string, eventId: string, most: number): Promise<void> {
    const notes = Array.from({ length: most - 1 }, (_, index) => `${group}!${index + 1}`);
    if (notes.length === 0) return;
    await sql`delete from ${sql.table(TABLE)}
      where event_id = ${eventId} and ${sql.ref('group')} in (${sql.join(notes)})`.execute(connectionOf(this.database));
  }

  /** Forgets messages that were dealt with so many milliseconds ago, and answers how many. */
  purge(ageMs: number): Promise<number> {
    return purgeRows(this.database, TABLE, sql`processed_at <= ${sqlTimeOf(this.database).after(-ageMs)}`);
  }
}
