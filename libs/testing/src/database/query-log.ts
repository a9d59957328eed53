import type { Database } from '@core-framework/orm';
import { QueryCountError } from '../errors/testing.errors.js';

const AROUND_TRANSACTIONS = /^\s*(?:begin|start transaction|commit|rollback|savepoint|release|set transaction)\b/i;

/** What some work brought about, and the statements that it took. */
export interface Recorded<T> {
  readonly result: T;
  /** The statements in order, without values and without those around transactions. */
  readonly statements: readonly string[];
}

/** Collects the statements that reach the database while `work` runs, whoever sends them. */
export async function recordQueries<T>(database: Database, work: () => T | Promise<T>): Promise<Recorded<T>> {
  const statements: string[] = [];
  const stop = database.observe((sql) => void (AROUND_TRANSACTIONS.test(sql) || statements.push(sql)));
  try {
    return { result: await work(), statements };
  } finally {
    stop();
  }
}

/**
 * Runs `work` and checks how many statements it took, those around transactions not counted.
 *
 * @throws QueryCountError, which lists the statements, when the number is another one
 */
export async function assertQueries<T>(database: Database, expected: number, work: () => T | Promise<T>): Promise<T> {
  const { result, statements } = await recordQueries(database, work);
  if (statements.length !== expected) throw new QueryCountError(expected, statements);
  return result;
}
