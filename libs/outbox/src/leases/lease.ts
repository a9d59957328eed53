import type { Database } from '@core-framework/orm';
import { type RawBuilder, sql } from 'kysely';
import { connectionOf } from './connection-of.js';
import type { LeasedRow, LeaseTable } from './lease-table.js';
import { oneOf } from './one-of.js';
import { sqlTimeOf } from './sql-time.js';

/** The longest text of an error that is kept. */
const ERROR_LENGTH = 2000;

/**
 * Rows that are given to one holder until the lease runs out. Whatever is said of them by a holder that has lost them
 * meanwhile has no effect: each claim has a token of its own, which the row must still carry.
 *
 * Statements join the transaction of the work in hand, so that a row can be completed together with what it brought about.
 * Each method answers of how many rows it was still true that this lease holds them. `also` writes further columns.
 */
export class Lease<R extends LeasedRow> {
  constructor(
    private readonly database: Database,
    private readonly table: LeaseTable,
    /** Tells this claim from all others. */
    readonly token: string,
    readonly rows: readonly R[],
  ) {}

  /** Keeps rows for so many milliseconds from now. */
  extend(leaseMs: number, rows: readonly R[] = this.rows): Promise<number> {
    return this.#set(rows, sql`locked_until = ${sqlTimeOf(this.database).after(leaseMs)}`);
  }

  /** Nothing is left to do with these rows. */
  complete(rows: readonly R[] = this.rows, also?: RawBuilder<unknown>): Promise<number> {
    const { now } = sqlTimeOf(this.database);
    return this.#end(rows, sql`${sql.ref(this.table.doneColumn)} = ${now}, error = null`, also);
  }

  /** Lets a row be given out again after so many milliseconds. */
  retry(row: R, delayMs: number, error: string, also?: RawBuilder<unknown>): Promise<number> {
    const at = sqlTimeOf(this.database).after(delayMs);
    return this.#end([row], sql`available_at = ${at}, error = ${textOf(error)}`, also);
  }

  /** Gives a row up: it is kept, and given out again only when somebody asks for that. */
  fail(row: R, error: string, also?: RawBuilder<unknown>): Promise<number> {
    const { now } = sqlTimeOf(this.database);
    return this.#end([row], sql`failed_at = ${now}, error = ${textOf(error)}`, also);
  }

  /** Gives rows back as if they had never been claimed; nothing was tried with them. */
  release(rows: readonly R[] = this.rows): Promise<number> {
    return this.#end(rows, sql`attempts = attempts - 1`);
  }

  #end(rows: readonly R[], changes: RawBuilder<unknown>, also?: RawBuilder<unknown>): Promise<number> {
    return this.#set(rows, sql`${changes}, locked_until = null, lease = null${also ? sql`, ${also}` : sql``}`);
  }

  async #set(rows: readonly R[], changes: RawBuilder<unknown>): Promise<number> {
    if (rows.length === 0) return 0;
    const { numAffectedRows = 0n } = await sql`update ${sql.table(this.table.name)} set ${changes}
      where ${oneOf(this.database, rows)} and lease = ${this.token}`.execute(connectionOf(this.database));
    return Number(numAffectedRows);
  }
}

/** As much of an error as is kept; PostgreSQL keeps no text with a zero character. */
function textOf(error: string): string {
  return error.slice(0, ERROR_LENGTH).replaceAll('\0', '');
}
