import { randomUUID } from 'node:crypto';
import { atomic, type Database, runInContext } from '@core-framework/orm';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { connectionOf } from './connection-of.js';
import { Lease } from './lease.js';
import type { ClaimRequest, LeasedRow, LeaseTable } from './lease-table.js';
import { oneOf } from './one-of.js';
import { sqlTimeOf } from './sql-time.js';

/** Rows deleted by one statement: more would hold locks for long. */
const PURGE_CHUNK = 1000;

/**
 * Gives out the rows of a table to any number of processes, each row to one at a time and for a limited time: what a
 * process that died had is given out again. All times are the database's.
 *
 * On PostgreSQL, MySQL and MariaDB claims pass each other (`SKIP LOCKED`); on SQLite they come one after the other.
 */
export class LeaseQueue<R extends LeasedRow> {
  readonly #name: RawBuilder<unknown>;
  readonly #pending: RawBuilder<unknown>;

  constructor(
    private readonly database: Database,
    private readonly table: LeaseTable,
  ) {
    this.#name = sql.table(table.name);
    this.#pending = this.#pendingRows('c');
  }

  /** Gives out rows that are due, in a transaction of its own that has ended when this resolves. */
  claim(request: ClaimRequest): Promise<Lease<R>> {
    const token = randomUUID();
    const pick = this.database.dialect === 'sqlite' && !request.orderBy ? this.#pickAtOnce : this.#pick;
    return this.#alone(async () => {
      const rows = await this.#atomic(() => Reflect.apply(pick, this, [request, token]));
      return new Lease(this.database, this.table, token, rows);
    });
  }

  async #pick({ limit, leaseMs, where, orderBy = sql`c.seq` }: ClaimRequest, token: string): Promise<readonly R[]> {
    const connection = connectionOf(this.database);
    const lock = this.database.dialect === 'sqlite' ? sql`` : sql` for update skip locked`;
    const { rows: due } = await sql<R>`select ${this.#columns('c.')} from ${this.#name} as c
      where ${this.#claimable(where)} order by ${orderBy} limit ${limit}${lock}`.execute(connection);
    const rows = await this.#inOrder(connection, due);
    if (rows.length === 0) return rows;
    await sql`update ${this.#name} set ${this.#given(token, leaseMs)} where ${oneOf(this.database, rows)}`.execute(
      connection,
    );
    return rows.map((row) => ({ ...row, attempts: row.attempts + 1 }));
  }

  /** One statement, where no other claim can come between. */
  async #pickAtOnce({ limit, leaseMs, where }: ClaimRequest, token: string): Promise<readonly R[]> {
    const { rows } = await sql<R>`update ${this.#name} set ${this.#given(token, leaseMs)}
      where seq in (select c.seq from ${this.#name} as c where ${this.#claimable(where)} order by c.seq limit ${limit})
      returning ${this.#columns('')}`.execute(connectionOf(this.database));
    return rows.toSorted((one, other) => Number(one.seq) - Number(other.seq));
  }

  #columns(prefix: '' | 'c.'): RawBuilder<unknown> {
    return sql.join(['seq', 'attempts', ...this.table.columns].map((column) => sql.ref(`${prefix}${column}`)));
  }

  #claimable(where?: RawBuilder<unknown>): RawBuilder<unknown> {
    return sql`${this.#due('c')}${this.#notOvertaking()}${where ? sql` and (${where})` : sql``}`;
  }

  #given(token: string, leaseMs: number): RawBuilder<unknown> {
    return sql`attempts = attempts + 1, lease = ${token},
      locked_until = ${sqlTimeOf(this.database).after(leaseMs)}`;
  }

  /** Deletes rows that have been done for so many milliseconds, and answers how many. */
  purge(ageMs: number): Promise<number> {
    const done = sql.ref(this.table.doneColumn);
    return purgeRows(this.database, this.table.name, sql`${done} <= ${sqlTimeOf(this.database).after(-ageMs)}`);
  }

  /** Lets rows that were given up be given out again, as if they were new; all of them, or those that `where` means. */
  async revive(where?: RawBuilder<unknown>): Promise<number> {
    const { now } = sqlTimeOf(this.database);
    const { numAffectedRows = 0n } = await sql`update ${this.#name}
      set failed_at = null, attempts = 0, error = null, available_at = ${now}
      where failed_at is not null${where ? sql` and (${where})` : sql``}`.execute(connectionOf(this.database));
    return Number(numAffectedRows);
  }

  #pendingRows(alias: string): RawBuilder<unknown> {
    const column = (name: string) => sql.ref(`${alias}.${name}`);
    return sql`${column(this.table.doneColumn)} is null and ${column('failed_at')} is null`;
  }

  #due(alias: string): RawBuilder<unknown> {
    const { now } = sqlTimeOf(this.database);
    const column = (name: string) => sql.ref(`${alias}.${name}`);
    return sql`${this.#pending} and ${column('available_at')} <= ${now}
      and (${column('locked_until')} is null or ${column('locked_until')} <= ${now})`;
  }

  /** Leaves out rows behind one of their key that waits or is held, so that they do not fill the batch in vain. */
  #notOvertaking(): RawBuilder<unknown> {
    const { keyColumns = [] } = this.table;
    if (keyColumns.length === 0) return sql``;
    const { now } = sqlTimeOf(this.database);
    const sameKey = keyColumns.map((column) => sql`${sql.ref(`e.${column}`)} = ${sql.ref(`c.${column}`)}`);
    return sql` and not exists (select 1 from ${this.#name} as e where ${sql.join(sameKey, sql` and `)}
      and e.seq < c.seq and ${this.#pendingRows('e')} and (e.available_at > ${now} or e.locked_until > ${now}))`;
  }

  /**
   * Leaves out rows behind one of their key that another claim is just about to take: its lock made this one skip the row,
   * and nothing that it wrote can be seen yet.
   */
  async #inOrder(connection: Kysely<unknown>, rows: readonly R[]): Promise<readonly R[]> {
    const { keyColumns = [] } = this.table;
    const keyed = rows.filter(
      (row) => keyColumns.length > 0 && keyColumns.every((column) => valueOf(row, column) != null),
    );
    if (this.database.dialect === 'sqlite' || keyed.length === 0) return rows;
    const keyOf = (row: object) => JSON.stringify(keyColumns.map((column) => valueOf(row, column)));
    const first = keyed.map(({ seq }) => BigInt(seq)).reduce((most, seq) => (seq > most ? seq : most));
    const keys = [...new Map(keyed.map((row) => [keyOf(row), row])).values()];
    const among = keys.map(
      (row) =>
        sql`(${sql.join(
          keyColumns.map((column) => sql`${sql.ref(`c.${column}`)} = ${valueOf(row, column)}`),
          sql` and `,
        )})`,
    );
    const columns = sql.join(['seq', ...keyColumns].map((column) => sql.ref(`c.${column}`)));
    const { rows: pending } = await sql<R>`select ${columns} from ${this.#name} as c
      where ${this.#pending} and c.seq <= ${String(first)} and (${sql.join(among, sql` or `)})
      order by c.seq`.execute(connection);
    const ours = new Set(keyed.map(({ seq }) => String(seq)));
    const overtaken = new Set<string>();
    const refused = new Set<string>();
    for (const row of pending) {
      if (!ours.has(String(row.seq))) overtaken.add(keyOf(row));
      else if (overtaken.has(keyOf(row))) refused.add(String(row.seq));
    }
    return refused.size === 0 ? rows : rows.filter(({ seq }) => !refused.has(String(seq)));
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return runInContext(work, { database: this.database, isolated: true });
  }

  /** Not "repeatable read", in which MySQL locks the gaps that others insert into. */
  #atomic<T>(work: () => Promise<T>): Promise<T> {
    const isMySql = this.database.dialect === 'mariadb' || this.database.dialect === 'mysql';
    const isolationLevel = isMySql ? ('read committed' as const) : undefined;
    return atomic(work, { database: this.database, isolationLevel, retries: 5 });
  }
}

/** Deletes rows by small steps and answers how many there were. */
export async function purgeRows(database: Database, table: string, where: RawBuilder<unknown>): Promise<number> {
  const connection = connectionOf(database);
  let purged = 0;
  for (;;) {
    const found = await sql<{ seq: string | number }>`select seq from ${sql.table(table)}
      where ${where} order by seq limit ${PURGE_CHUNK}`.execute(connection);
    if (found.rows.length === 0) return purged;
    const keys = sql.join(found.rows.map(({ seq }) => seq));
    await sql`delete from ${sql.table(table)} where seq in (${keys})`.execute(connection);
    purged += found.rows.length;
    if (found.rows.length < PURGE_CHUNK) return purged;
  }
}

function valueOf(row: object, column: string): unknown {
  return (row as Record<string, unknown>)[column];
}
