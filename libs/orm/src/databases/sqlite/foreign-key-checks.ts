import { AsyncLocalStorage } from 'node:async_hooks';

const suspended = new AsyncLocalStorage<true>();

/**
 * Lets the transactions that `work` begins run without foreign key checks, on SQLite.
 *
 * SQLite ignores the pragma inside a transaction, and with checks on, replacing a table deletes the rows that refer to
 * it. Who uses this must look at `pragma foreign_key_check` before the commit.
 */
export function withoutForeignKeyChecks<T>(work: () => Promise<T>): Promise<T> {
  return suspended.run(true, work);
}

/** Whether the transaction that begins now is to run without them. */
export function areForeignKeyChecksSuspended(): boolean {
  return suspended.getStore() === true;
}
