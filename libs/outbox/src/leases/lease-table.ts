import type { RawBuilder } from 'kysely';

/** Columns of a row that the engine gives out on top of those that a table names. */
export interface LeasedRow {
  /** Number of the row, in the order of creation. */
  readonly seq: string | number;
  /** How often it has been given out, this time included. */
  readonly attempts: number;
}

/**
 * A table that the lease engine works on. It has the columns `seq` (counts up), `available_at`, `attempts`,
 * `locked_until`, `lease`, `failed_at`, `error` and the one that `doneColumn` names.
 */
export interface LeaseTable {
  readonly name: string;
  /** Columns that whoever claims a row is given beside `seq` and `attempts`. */
  readonly columns: readonly string[];
  /** The column that says since when nothing is left to do. */
  readonly doneColumn: string;
  /**
   * Columns of which rows with equal values are given out in the order of `seq`, none before those ahead of it are done;
   * rows in which one of them is empty are in no order. @defaultValue none: rows are independent of each other
   */
  readonly keyColumns?: readonly string[];
}

/** What is claimed. */
export interface ClaimRequest {
  /** Most rows to give out. */
  readonly limit: number;
  /** Milliseconds for which nobody else is given them. */
  readonly leaseMs: number;
  /** Which rows are wanted, in columns of the table under the name `c`. @defaultValue all that are due */
  readonly where?: RawBuilder<unknown>;
  /** What comes first; rows of one key come in the order of `seq` in any case. @defaultValue by `seq` */
  readonly orderBy?: RawBuilder<unknown>;
}
