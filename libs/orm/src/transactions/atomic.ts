import { type IsolationLevel, TransactionContext } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { Database } from '../context/database.js';
import { NoTransactionError } from '../errors/orm.errors.js';
import { Transaction } from './transaction.js';

/** Options of {@link atomic}. */
export interface AtomicOptions {
  /** @defaultValue the database's own (PostgreSQL: read committed) */
  readonly isolationLevel?: `${IsolationLevel}`;
  /** Promises that nothing is written; on SQLite such a transaction does not wait for writers. @defaultValue false */
  readonly readOnly?: boolean;
  /** The database, where several are open. */
  readonly database?: Database;
}

/**
 * Runs work in a transaction: all that it writes is kept, or, when it throws, nothing. Inside another `atomic` it is a
 * savepoint, so that a caller may catch the error and go on. Instances that were saved in vain count as unsaved again.
 *
 * Nothing is saved on its own at the end: call `save()`, or `em.flush()` where MikroORM's unit of work is used.
 */
export async function atomic<T>(work: (em: SqlEntityManager) => Promise<T>, options: AtomicOptions = {}): Promise<T> {
  const { database = Database.current(), isolationLevel, readOnly } = options;
  return runAtomic(database.entityManager(), work, { isolationLevel: isolationLevel as IsolationLevel, readOnly });
}

/** {@link atomic} on a given EntityManager. */
export async function runAtomic<T>(
  parent: SqlEntityManager,
  work: (em: SqlEntityManager) => Promise<T>,
  options: { readonly isolationLevel?: IsolationLevel; readonly readOnly?: boolean } = {},
): Promise<T> {
  const em = parent.fork({ clear: false, disableContextResolution: true });
  const transaction = new Transaction(em, Transaction.of(parent));
  const run = async (context: Parameters<SqlEntityManager['setTransactionContext']>[0]): Promise<T> => {
    em.setTransactionContext(context);
    return work(em);
  };
  let result: T;
  try {
    result = await TransactionContext.create(em, () =>
      em.getConnection().transactional(run, { ...options, ctx: parent.getTransactionContext() }),
    );
  } catch (error) {
    transaction.rolledBack();
    throw error;
  } finally {
    em.resetTransactionContext();
  }
  adopt(parent, em);
  await transaction.committed();
  return result;
}

/**
 * Runs `callback` once the outermost transaction of the work in hand has committed, and never when it is rolled back.
 * Callbacks run in order, each awaited; when one throws, what was committed stays committed and the caller sees the error.
 *
 * @throws NoTransactionError outside of a transaction.
 */
export function onCommit(
  callback: () => unknown,
  { database = Database.current() }: { readonly database?: Database } = {},
): void {
  const transaction = Transaction.of(database.entityManager());
  if (!transaction) {
    throw new NoTransactionError('onCommit() was called outside of a transaction.', {
      fix: 'Wrap the work in atomic().',
    });
  }
  transaction.onCommit(callback);
}

/** Hands the instances that a transaction loaded to the EntityManager around it. */
function adopt(parent: SqlEntityManager, em: SqlEntityManager): void {
  const known = parent.getUnitOfWork(false).getIdentityMap();
  for (const row of em.getUnitOfWork(false).getIdentityMap()) {
    if (!known.getByEntity(row)) parent.getUnitOfWork(false).merge(row, new Set([row]));
  }
}
