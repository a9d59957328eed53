import { setTimeout } from 'node:timers/promises';
import { IsolationLevel } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { Connections } from '../context/connections.js';
import { Database } from '../context/database.js';
import { TransactionConflictError } from '../errors/database.errors.js';
import { NoTransactionError, OrmOptionsError } from '../errors/orm.errors.js';
import { isRecord } from '../querysets/given-arguments.js';
import { Transaction } from './transaction.js';
import { inTransaction } from './transaction-scope.js';

const ISOLATION_LEVELS = new Set<string>(Object.values(IsolationLevel));

/** Which database is meant. */
export interface DatabaseChoice {
  /** Name of the connection. @defaultValue 'default' */
  readonly connection?: string;
  /** The database, where several applications are open. */
  readonly database?: Database;
}

/** Options of {@link atomic}. */
export interface AtomicOptions extends DatabaseChoice {
  /** Of the outermost transaction only. @defaultValue the database's own (PostgreSQL: read committed) */
  readonly isolationLevel?: `${IsolationLevel}`;
  /** Promises that nothing is written; on SQLite such a transaction does not wait for writers. @defaultValue false */
  readonly readOnly?: boolean;
  /**
   * How often the work is run again when the database gave it up because of others (a deadlock, a serialization
   * failure). Effects outside the database belong into {@link onCommit}. Without meaning inside another transaction, which
   * is given up as a whole. @defaultValue 0
   */
  readonly retries?: number;
}

/**
 * Runs work in a transaction: all that it writes is kept, or, when it throws, nothing. Inside another `atomic` it is a
 * savepoint, so that a caller may catch the error and go on. Instances that were saved in vain count as unsaved again.
 *
 * Nothing is saved on its own at the end: call `save()`, or `em.flush()` where MikroORM's unit of work is used.
 *
 * @throws TransactionConflictError when other transactions were in the way more often than `retries` says.
 */
export async function atomic<T>(work: (em: SqlEntityManager) => Promise<T>, options: AtomicOptions = {}): Promise<T> {
  const database = chosenDatabase(options);
  const { readOnly, retries = 0 } = options;
  const isolationLevel = checkedIsolation(options.isolationLevel);
  if (!Number.isSafeInteger(retries) || retries < 0)
    throw new OrmOptionsError('retries takes a whole number from 0 on.');
  const parent = database.entityManager();
  const run = () => runAtomic(parent, work, { isolationLevel, readOnly });
  return Transaction.of(parent) ? run() : repeated(run, retries);
}

function checkedIsolation(level: AtomicOptions['isolationLevel']): IsolationLevel | undefined {
  if (level === undefined || ISOLATION_LEVELS.has(level)) return level as IsolationLevel | undefined;
  throw new OrmOptionsError('The isolation level is none that databases have.', {
    fix: `Use ${[...ISOLATION_LEVELS].join(' or ')}.`,
  });
}

/** Runs work again that others were in the way of, after a pause that is longer each time and differs between rivals. */
async function repeated<T>(run: () => Promise<T>, retries: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof TransactionConflictError) || attempt > retries) throw error;
      await setTimeout(Math.random() * 20 * Math.min(attempt, 10));
    }
  }
}

/** {@link atomic} on a given EntityManager. */
export async function runAtomic<T>(
  parent: SqlEntityManager,
  work: (em: SqlEntityManager) => Promise<T>,
  options: { readonly isolationLevel?: IsolationLevel; readonly readOnly?: boolean } = {},
): Promise<T> {
  checkFunction('atomic', work);
  const em = parent.fork({ clear: false, disableContextResolution: true });
  const transaction = new Transaction(em, Transaction.of(parent));
  const run = async (context: Parameters<SqlEntityManager['setTransactionContext']>[0]): Promise<T> => {
    em.setTransactionContext(context);
    return work(em);
  };
  let result: T;
  try {
    result = await inTransaction(em, () =>
      em.getConnection().transactional(run, { ...options, ctx: parent.getTransactionContext() }),
    );
  } catch (error) {
    transaction.rolledBack();
    throw error;
  } finally {
    em.resetTransactionContext();
  }
  if (!options.readOnly) Database.of(em).replicas?.noteWrite();
  adopt(parent, em);
  await transaction.committed();
  return result;
}

/**
 * Runs `callback` once the transaction of the work in hand, or the savepoint that it is in, has been undone, and never
 * when it is kept. For what must be put back in memory; last come, first called, and not awaited.
 *
 * @throws NoTransactionError outside of a transaction.
 */
export function onRollback(callback: () => void, choice: DatabaseChoice = {}): void {
  checkFunction('onRollback', callback);
  openTransaction('onRollback', choice).onRollback(callback);
}

/**
 * Runs `callback` once the outermost transaction of the work in hand has committed, and never when it is rolled back.
 * Callbacks run in order, each awaited, and all of them even when one throws: what was committed stays committed, and the
 * caller sees the first error.
 *
 * @throws NoTransactionError outside of a transaction.
 */
export function onCommit(callback: () => unknown, choice: DatabaseChoice = {}): void {
  checkFunction('onCommit', callback);
  openTransaction('onCommit', choice).onCommit(callback);
}

function openTransaction(asked: string, choice: DatabaseChoice): Transaction {
  const transaction = Transaction.of(chosenDatabase(choice).entityManager());
  if (transaction) return transaction;
  throw new NoTransactionError(`${asked}() was called outside of a transaction.`, {
    fix: 'Wrap the work in atomic().',
  });
}

/** Hands the instances that a transaction loaded to the EntityManager around it. */
function adopt(parent: SqlEntityManager, em: SqlEntityManager): void {
  const known = parent.getUnitOfWork(false).getIdentityMap();
  for (const row of em.getUnitOfWork(false).getIdentityMap()) {
    if (!known.getByEntity(row)) parent.getUnitOfWork(false).merge(row, new Set([row]));
  }
}

function checkFunction(asked: string, given: unknown): void {
  if (typeof given !== 'function') throw new OrmOptionsError(`${asked}() was given no function to call.`);
}

function chosenDatabase(choice: DatabaseChoice): Database {
  const given: unknown = choice;
  if (!isRecord(given)) throw new OrmOptionsError('A transaction was given options that are no object.');
  const { connection, database } = choice;
  if (connection === undefined) return database ?? Database.current();
  return (database?.connections ?? Connections.current()).get(connection);
}
