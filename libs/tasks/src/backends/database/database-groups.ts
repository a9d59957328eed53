import type { Database } from '@core-framework/orm';
import { connectionOf, purgeRows, sqlTimeOf } from '@core-framework/outbox';
import { sql } from 'kysely';
import { callbackOf } from '../group-callback.js';
import type { NewTask, TaskGroupPlace } from '../task-backend.js';

const GROUPS = sql.table('task_groups');
const RESULTS = sql.table('task_group_results');

/** What members of groups answered whose others have not ended. */
export class DatabaseGroups {
  constructor(private readonly database: Database) {}

  /**
   * Notes that a member has succeeded, in the transaction in which it does; answers the callback when it was the last one.
   * Members of a group do so one after the other: each holds the row of the group until it commits.
   */
  async end(
    { id, index, size, callback, keepMs }: TaskGroupPlace,
    result: string | null,
  ): Promise<NewTask | undefined> {
    const connection = connectionOf(this.database);
    const keptUntil = sqlTimeOf(this.database).after(keepMs);
    const isMySql = this.database.dialect === 'mariadb' || this.database.dialect === 'mysql';
    await sql`insert ${isMySql ? sql`ignore ` : sql``}into ${GROUPS} (id, succeeded, kept_until)
      values (${id}, 0, ${keptUntil})${isMySql ? sql`` : sql` on conflict do nothing`}`.execute(connection);
    await sql`update ${GROUPS} set succeeded = succeeded + 1, kept_until = ${keptUntil} where id = ${id}`.execute(
      connection,
    );
    const { rows } = await sql<{ succeeded: number }>`select succeeded from ${GROUPS} where id = ${id}`.execute(
      connection,
    );
    await sql`insert into ${RESULTS} (group_id, position, result) values (${id}, ${index}, ${result})`.execute(
      connection,
    );
    if (Number(rows[0]?.succeeded) < size) return undefined;
    const { rows: results } = await sql<{ result: string | null }>`select result from ${RESULTS}
      where group_id = ${id} order by position`.execute(connection);
    await sql`delete from ${RESULTS} where group_id = ${id}`.execute(connection);
    await sql`delete from ${GROUPS} where id = ${id}`.execute(connection);
    return callbackOf(
      { id, callback },
      results.map((row) => row.result),
    );
  }

  /** Forgets groups whose others will not end any more. */
  async purge(): Promise<void> {
    const over = sql`kept_until <= ${sqlTimeOf(this.database).now}`;
    await purgeRows(this.database, 'task_group_results', sql`group_id in (select id from ${GROUPS} where ${over})`);
    await purgeRows(this.database, 'task_groups', over);
  }
}
