import { atomic, type Database, runInContext } from '@core-framework/orm';
import { connectionOf, sqlTimeOf } from '@core-framework/outbox';
import { sql } from 'kysely';
import type { ScheduleState, SlotClaim } from '../task-backend.js';
import { insertTasks } from './insert-tasks.js';
import { instantOf, type StoredTime } from './stored-time.js';

const TABLE = sql.table('task_schedules');

/** Periodic tasks by name: which slot was claimed last, and whether they are paused. */
export class DatabaseSchedules {
  constructor(private readonly database: Database) {}

  async state(name: string): Promise<ScheduleState> {
    return this.#alone(async () => {
      await this.#create(name);
      const { rows } = await sql<{
        now: StoredTime;
        last_slot: StoredTime | null;
        last_task: string | null;
        is_paused: boolean | number;
      }>`select ${sqlTimeOf(this.database).now} as now, last_slot, last_task, is_paused from ${TABLE}
        where name = ${name}`.execute(connectionOf(this.database));
      const row = rows[0];
      return {
        now: row ? instantOf(row.now) : new Date(),
        ...(row?.last_slot != null && { lastSlot: instantOf(row.last_slot) }),
        ...(row?.last_task && { lastTask: row.last_task }),
        isPaused: Boolean(row?.is_paused),
      };
    });
  }

  /** Takes the slot and writes its tasks, in one transaction. */
  async claim({ name, previous, slot, tasks }: SlotClaim): Promise<boolean> {
    const claim = async () => {
      await this.#create(name);
      const before = previous ? sql`last_slot = ${this.#time(previous)}` : sql`last_slot is null`;
      const task = tasks.at(-1)?.id;
      const { numAffectedRows = 0n } = await sql`update ${TABLE} set last_slot = ${this.#time(slot)}${
        task === undefined ? sql`` : sql`, last_task = ${task}`
      } where name = ${name} and ${before}`.execute(connectionOf(this.database));
      if (numAffectedRows === 0n) return false;
      await insertTasks(this.database, tasks);
      return true;
    };
    return this.#alone(() => atomic(claim, { database: this.database, retries: 5 }));
  }

  async pause(name: string, paused: boolean): Promise<void> {
    await this.#alone(async () => {
      await this.#create(name);
      const value = this.database.dialect === 'postgresql' ? paused : Number(paused);
      await sql`update ${TABLE} set is_paused = ${value} where name = ${name}`.execute(connectionOf(this.database));
    });
  }

  async #create(name: string): Promise<void> {
    const isMySql = this.database.dialect === 'mariadb' || this.database.dialect === 'mysql';
    const no = this.database.dialect === 'postgresql' ? sql`false` : sql`0`;
    await sql`insert ${isMySql ? sql`ignore ` : sql``}into ${TABLE} (name, is_paused)
      values (${name}, ${no})${isMySql ? sql`` : sql` on conflict do nothing`}`.execute(connectionOf(this.database));
  }

  /** A point in time the way columns hold it. */
  #time(instant: Date) {
    switch (this.database.dialect) {
      case 'sqlite':
        return sql`${instant.getTime()}`;
      case 'postgresql':
        return sql`cast(${instant.toISOString()} as timestamptz)`;
      case 'mariadb':
      case 'mysql':
        return sql`${instant.toISOString().slice(0, -1).replace('T', ' ')}`;
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.database, isolated: true });
  }
}
