import { RequestContext } from '@core-framework/common';
import type { Database } from '@core-framework/orm';
import type { Kysely } from 'kysely';

/** What sends statements: the transaction of the work in hand when it has one, else the database itself. */
export function connectionOf(database: Database): Kysely<unknown> {
  return transactionOf(database) ?? database.kysely;
}

/** The transaction of the work in hand on that database. */
export function transactionOf(database: Database): Kysely<unknown> | undefined {
  if (!RequestContext.current()) return undefined;
  return database.usedEntityManager()?.getTransactionContext<Kysely<unknown>>();
}
