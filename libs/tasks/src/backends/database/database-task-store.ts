import { atomic, type Database, runInContext } from '@core-framework/orm';
import { connectionOf, type Lease, LeaseQueue, sqlTimeOf } from '@core-framework/outbox';
import { type RawBuilder, sql } from 'kysely';
import type { TaskHeaders, TaskOutcome } from '../task-backend.js';
import type { ClaimedTask, KeptTasks, TaskClaim, TaskStore } from '../pulling/task-store.js';
import type { DatabaseGroups } from './database-groups.js';
import type { DatabaseLimits } from './database-limits.js';
import { insertTasks } from './insert-tasks.js';
import { TASK_TABLE, type TaskRow } from './task-table.js';

/** A claimed row, and the lease that holds it. */
export interface DatabaseClaim extends ClaimedTask {
  readonly row: TaskRow;
  readonly lease: Lease<TaskRow>;
}

type Ended = readonly (readonly [DatabaseClaim, TaskOutcome])[];
type Succeeded = Extract<TaskOutcome, { kind: 'succeeded' }>;
type SucceededRow = Omit<Succeeded, 'result'> & { readonly result?: string | null };

const TABLE = sql.table(TASK_TABLE.name);
const LET_GO = sql`unique_key = null, locked_until = null, lease = null`;

/** Pulls tasks out of the database. */
export class DatabaseTaskStore implements TaskStore<DatabaseClaim> {
  readonly queue: LeaseQueue<TaskRow>;

  constructor(
    private readonly database: Database,
    private readonly limits: DatabaseLimits,
    private readonly groups: DatabaseGroups,
    /** Called when tasks were written that come of others. */
    private readonly onEnqueued: () => void,
  ) {
    this.queue = new LeaseQueue(database, TASK_TABLE);
  }

  async claim({ queue, names, limit, leaseMs, rateLimit }: TaskClaim): Promise<readonly DatabaseClaim[]> {
    if (names.length === 0) return [];
    const key = `queue:${queue}`;
    const allowed = rateLimit ? (await this.limits.take(key, rateLimit, limit)).granted : limit;
    if (allowed === 0) return [];
    const lease = await this.queue.claim({
      limit: allowed,
      leaseMs,
      where: sql`c.queue = ${queue} and c.name in (${sql.join(names)})`,
      orderBy: sql`c.precedence, c.seq`,
    });
    if (rateLimit && lease.rows.length < allowed) await this.limits.giveBack(key, allowed - lease.rows.length);
    return lease.rows.map((row) => ({
      id: row.id,
      name: row.name,
      queue: row.queue,
      args: row.args,
      headers: JSON.parse(row.headers) as TaskHeaders,
      attempt: row.failures + 1,
      crashes: row.attempts - 1 - row.failures,
      isCancelled: row.cancelled_at !== null,
      row,
      lease,
    }));
  }

  async settle(ended: Ended): Promise<number> {
    const simple: (readonly [DatabaseClaim, Succeeded])[] = [];
    let lost = 0;
    for (const [claim, outcome] of ended) {
      const isAlone = !claim.headers.group;
      if (outcome.kind === 'succeeded' && isAlone && !outcome.next?.length) simple.push([claim, outcome]);
      else if (!(await this.#alone(() => this.#settleOne(claim, outcome)))) lost += 1;
    }
    return lost + (await this.#alone(() => this.#succeed(simple)));
  }

  async extend(claims: readonly DatabaseClaim[], leaseMs: number): Promise<KeptTasks<DatabaseClaim>> {
    return this.#alone(async () => {
      const ours = heldBy(claims);
      await sql`update ${TABLE} set locked_until = ${sqlTimeOf(this.database).after(leaseMs)} where ${ours}`.execute(
        connectionOf(this.database),
      );
      const { rows } = await sql<{ seq: string | number; lease: string; cancelled: string | number }>`
        select seq, lease, case when cancelled_at is null then 0 else 1 end as cancelled from ${TABLE}
        where ${ours}`.execute(connectionOf(this.database));
      const kept = new Map(rows.map((row) => [`${row.seq} ${row.lease}`, row]));
      const keptOf = ({ row, lease }: DatabaseClaim) => kept.get(`${row.seq} ${lease.token}`);
      return {
        lost: claims.filter((claim) => !keptOf(claim)),
        cancelled: claims.filter((claim) => Number(keptOf(claim)?.cancelled) === 1),
      };
    });
  }

  async report({ row, lease }: DatabaseClaim, progress: string): Promise<void> {
    await this.#alone(() =>
      sql`update ${TABLE} set progress = ${progress} where seq = ${row.seq} and lease = ${lease.token}`.execute(
        connectionOf(this.database),
      ),
    );
  }

  /** Notes tasks as done, all by one statement; answers how many are no longer this worker's. */
  async #succeed(ended: readonly (readonly [DatabaseClaim, Succeeded])[]): Promise<number> {
    if (ended.length === 0) return 0;
    const claims = ended.map(([claim]) => claim);
    const answered = ended.filter(([, { result }]) => result !== undefined);
    const cases = answered.map(([{ row }, { result }]) => sql`when ${row.seq} then ${result}`);
    const results = cases.length > 0 ? sql`, result = case seq ${sql.join(cases, sql` `)} end` : sql``;
    const { numAffectedRows = 0n } = await sql`update ${TABLE}
      set done_at = ${sqlTimeOf(this.database).now}, error = null, ${LET_GO}${results}
      where ${heldBy(claims)}`.execute(connectionOf(this.database));
    return claims.length - Number(numAffectedRows);
  }

  /** Answers whether the task was still this worker's. */
  async #settleOne(claim: DatabaseClaim, outcome: TaskOutcome): Promise<boolean> {
    const { row, lease } = claim;
    switch (outcome.kind) {
      case 'succeeded':
        return this.#succeedWith(claim, outcome);
      case 'again': {
        const counts = outcome.countsAsAttempt ? sql`failures = failures + 1` : sql`attempts = attempts - 1`;
        return (await lease.retry(row, outcome.delayMs, outcome.error, counts)) === 1;
      }
      case 'released':
        return (await lease.retry(row, outcome.delayMs, '', sql`attempts = attempts - 1`)) === 1;
      case 'failed':
        return (await lease.fail(row, outcome.error, sql`unique_key = null`)) === 1;
      case 'cancelled':
        return (await lease.complete([row], sql`unique_key = null, cancelled_at = ${this.#now}`)) === 1;
    }
  }

  /** Notes a task as done together with those that come of it. */
  async #succeedWith(
    { lease, row, headers: { group } }: DatabaseClaim,
    { result = null, next = [] }: SucceededRow,
  ): Promise<boolean> {
    const held = await atomic(
      async () => {
        if ((await lease.complete([row], sql`unique_key = null, result = ${result}`)) === 0) return false;
        if (await this.#isCancelled(row)) return true;
        const callback = group && (await this.groups.end(group, result));
        await insertTasks(this.database, callback ? [...next, callback] : next);
        return true;
      },
      { database: this.database, retries: 5 },
    );
    if (held) this.onEnqueued();
    return held;
  }

  /** Whether somebody cancelled it after it was claimed. */
  async #isCancelled({ seq }: TaskRow): Promise<boolean> {
    const { rows } = await sql`select 1 from ${TABLE} where seq = ${seq} and cancelled_at is not null`.execute(
      connectionOf(this.database),
    );
    return rows.length > 0;
  }

  get #now(): RawBuilder<unknown> {
    return sqlTimeOf(this.database).now;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.database, isolated: true });
  }
}

function heldBy(claims: readonly DatabaseClaim[]): RawBuilder<unknown> {
  return sql`seq in (${sql.join(claims.map(({ row }) => row.seq))})
    and lease in (${sql.join([...new Set(claims.map(({ lease }) => lease.token))])})`;
}
