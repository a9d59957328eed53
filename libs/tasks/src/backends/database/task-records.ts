import type { Database } from '@core-framework/orm';
import { connectionOf, sqlTimeOf } from '@core-framework/outbox';
import { type RawBuilder, sql } from 'kysely';
import type { QueueCounts, TaskRecord, TaskStatus } from '../task-backend.js';
import { instantOf, type StoredTime } from './stored-time.js';
import { TASK_TABLE } from './task-table.js';

interface RecordRow {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly args: string;
  readonly status: TaskStatus;
  readonly attempts: number;
  readonly result: string | null;
  readonly progress: string | null;
  readonly error: string | null;
  readonly created_at: StoredTime;
  readonly ended_at: StoredTime | null;
}

const TABLE = sql.table(TASK_TABLE.name);

/** Reads tasks for people and for those who wait for results. */
export async function readTasks(
  database: Database,
  { where, limit }: { readonly where: RawBuilder<unknown>; readonly limit: number },
): Promise<readonly TaskRecord[]> {
  const { now } = sqlTimeOf(database);
  const { rows } = await sql<RecordRow>`select id, name, queue, args, attempts, result, progress, error, created_at,
      coalesce(done_at, failed_at) as ended_at,
      case when failed_at is not null then 'failed'
        when done_at is not null and cancelled_at is not null then 'cancelled'
        when done_at is not null then 'succeeded'
        when locked_until > ${now} then 'running'
        when available_at > ${now} then 'scheduled'
        else 'waiting' end as status
    from ${TABLE} where ${where} limit ${limit}`.execute(connectionOf(database));
  return rows.map(recordOf);
}

/** Counts the tasks of a queue that have not been done. */
export async function countTasks(database: Database, queue: string): Promise<QueueCounts> {
  const { now } = sqlTimeOf(database);
  const count = (condition: RawBuilder<unknown>) => sql`sum(case when ${condition} then 1 else 0 end)`;
  const held = sql`locked_until is not null and locked_until > ${now}`;
  const { rows } = await sql<Record<keyof QueueCounts, string | number | null>>`select
      ${count(sql`failed_at is null and not (${held}) and available_at <= ${now}`)} as waiting,
      ${count(sql`failed_at is null and not (${held}) and available_at > ${now}`)} as scheduled,
      ${count(sql`failed_at is null and ${held}`)} as running,
      ${count(sql`failed_at is not null`)} as failed
    from ${TABLE} where queue = ${queue} and done_at is null`.execute(connectionOf(database));
  const { waiting, scheduled, running, failed } = rows[0] ?? {};
  return {
    waiting: Number(waiting ?? 0),
    scheduled: Number(scheduled ?? 0),
    running: Number(running ?? 0),
    failed: Number(failed ?? 0),
  };
}

function recordOf({ created_at, ended_at, result, progress, error, attempts, ...row }: RecordRow): TaskRecord {
  return {
    ...row,
    attempts: Number(attempts),
    ...(result !== null && { result }),
    ...(progress !== null && { progress }),
    ...(error && { error }),
    createdAt: instantOf(created_at),
    ...(ended_at !== null && { endedAt: instantOf(ended_at) }),
  };
}
