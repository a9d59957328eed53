import { TransactionContext } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';

/** The transaction around each transaction: MikroORM only knows the innermost, which may be on another database. */
const outer = new WeakMap<object, TransactionContext>();

/** Stands for no transaction at all, on no database. */
const NONE = { name: '', _id: 0 } as unknown as SqlEntityManager;

/** Runs work in the transaction of an EntityManager. */
export function inTransaction<T>(em: SqlEntityManager, work: () => T): T {
  const around = TransactionContext.currentTransactionContext();
  if (around) outer.set(em, around);
  return TransactionContext.create(em, work);
}

/** Runs work outside of every transaction that is open around it. */
export function outsideOfTransactions<T>(work: () => T): T {
  return TransactionContext.currentTransactionContext() ? TransactionContext.create(NONE, work) : work();
}

/** The EntityManager of the transaction that the work in hand has on the MikroORM of that name. */
export function transactionOf(name: string): SqlEntityManager | undefined {
  let scope = TransactionContext.currentTransactionContext();
  while (scope && scope.em.name !== name) scope = outer.get(scope.em);
  return scope?.em as SqlEntityManager | undefined;
}
