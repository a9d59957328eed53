import { atomic, type Database, runInContext } from '@core-framework/orm';
import { connectionOf, sqlTimeOf } from '@core-framework/outbox';
import { sql } from 'kysely';
import type { Permits, RateLimit } from '../task-backend.js';

const TABLE = sql.table('task_limits');

/** Counts starts in windows that open with the first start after the last one has closed. */
export class DatabaseLimits {
  constructor(private readonly database: Database) {}

  take(key: string, { max, perMs }: RateLimit, count: number): Promise<Permits> {
    const { now, after } = sqlTimeOf(this.database);
    return this.#alone(async () => {
      const connection = connectionOf(this.database);
      const isMySql = this.database.dialect === 'mariadb' || this.database.dialect === 'mysql';
      await sql`insert ${isMySql ? sql`ignore ` : sql``}into ${TABLE} (${sql.ref('key')}, window_ends, used)
        values (${key}, ${after(-1000)}, 0)${isMySql ? sql`` : sql` on conflict do nothing`}`.execute(connection);
      await sql`update ${TABLE} set used = 0, window_ends = ${after(perMs)}
        where ${sql.ref('key')} = ${key} and window_ends <= ${now}`.execute(connection);
      const lock = this.database.dialect === 'sqlite' ? sql`` : sql` for update`;
      const { rows } = await sql<{ used: string | number; wait: string | number }>`
        select used, ${this.#millisecondsTo} as wait from ${TABLE}
        where ${sql.ref('key')} = ${key}${lock}`.execute(connection);
      const granted = Math.max(0, Math.min(count, max - Number(rows[0]?.used ?? 0)));
      if (granted > 0) {
        await sql`update ${TABLE} set used = used + ${granted} where ${sql.ref('key')} = ${key}`.execute(connection);
      }
      return { granted, waitMs: granted === count ? 0 : Math.max(1, Math.ceil(Number(rows[0]?.wait ?? perMs))) };
    });
  }

  /** Puts back what was taken and not used. */
  async giveBack(key: string, count: number): Promise<void> {
    await this.#alone(() =>
      sql`update ${TABLE} set used = case when used > ${count} then used - ${count} else 0 end
        where ${sql.ref('key')} = ${key}`.execute(connectionOf(this.database)),
    );
  }

  get #millisecondsTo() {
    const { now } = sqlTimeOf(this.database);
    switch (this.database.dialect) {
      case 'sqlite':
        return sql`window_ends - ${now}`;
      case 'postgresql':
        return sql`extract(epoch from window_ends - ${now}) * 1000`;
      case 'mariadb':
      case 'mysql':
        return sql`timestampdiff(microsecond, ${now}, window_ends) / 1000`;
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = () => atomic(work, { database: this.database, retries: 5 });
    return runInContext(run, { database: this.database, isolated: true });
  }
}
