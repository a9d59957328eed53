import type { Database } from '@core-framework/orm';
import { connectionOf, sqlTimeOf } from '@core-framework/outbox';
import { sql } from 'kysely';
import type { EnqueuedTask, NewTask } from '../task-backend.js';
import { TASK_TABLE } from './task-table.js';

/** Rows written by one statement. */
const CHUNK = 200;
/** How often a task with a unique key is offered while others take and give back the key. */
const KEY_TRIES = 5;
const COLUMNS = [
  'id',
  'name',
  'queue',
  'precedence',
  'args',
  'headers',
  'unique_key',
  'created_at',
  'available_at',
  'attempts',
  'failures',
] as const;

/** Writes tasks, in order and in the transaction of the work in hand; those that are there already are left alone. */
export async function insertTasks(database: Database, tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]> {
  const enqueued: EnqueuedTask[] = [];
  let chunk: NewTask[] = [];
  const flush = async () => {
    if (chunk.length > 0) await insert(database, chunk);
    enqueued.push(...chunk.map(({ id }) => ({ id, isNew: true })));
    chunk = [];
  };
  for (const task of tasks) {
    if (task.unique === undefined) {
      chunk.push(task);
      if (chunk.length === CHUNK) await flush();
    } else {
      await flush();
      enqueued.push(await insertUnique(database, task));
    }
  }
  await flush();
  return enqueued;
}

/** Answers how many were not there. */
async function insert(database: Database, tasks: readonly NewTask[]): Promise<number> {
  const { now, after } = sqlTimeOf(database);
  const rows = tasks.map(
    (task) =>
      sql`(${sql.join([
        task.id,
        task.name,
        task.queue,
        -task.priority,
        task.args,
        JSON.stringify(task.headers),
        task.unique ?? null,
        now,
        // Columns hold whole milliseconds: what is due now must not be rounded up to later.
        task.delayMs > 0 ? after(task.delayMs) : after(-1),
        0,
        0,
      ])})`,
  );
  const isMySql = database.dialect === 'mariadb' || database.dialect === 'mysql';
  const columns = sql.join(COLUMNS.map((column) => sql.ref(column)));
  const { numAffectedRows = 0n } = await sql`insert ${isMySql ? sql`ignore ` : sql``}into ${sql.table(TASK_TABLE.name)}
    (${columns}) values ${sql.join(rows)}${isMySql ? sql`` : sql` on conflict do nothing`}`.execute(
    connectionOf(database),
  );
  return Number(numAffectedRows);
}

async function insertUnique(database: Database, task: NewTask): Promise<EnqueuedTask> {
  for (let tries = 1; ; tries++) {
    if ((await insert(database, [task])) > 0) return { id: task.id, isNew: true };
    const { rows } = await sql<{ id: string }>`select id from ${sql.table(TASK_TABLE.name)}
      where unique_key = ${task.unique} or id = ${task.id}`.execute(connectionOf(database));
    const [found] = rows;
    if (found) return { id: found.id, isNew: false };
    // Whoever held the key gave it back between the two statements.
    if (tries === KEY_TRIES) return { id: task.id, isNew: false };
  }
}
