import { RequestContext } from '@core-framework/common';
import { outsideOfTransactions } from '../transactions/transaction-scope.js';
import { Connections } from './connections.js';
import type { Database } from './database.js';

/** Options of {@link runInContext}. */
export interface ContextOptions {
  /** The database of models that are used without injection; needed only where several applications are open. */
  readonly database?: Database;
  /**
   * Whether the work is independent of a transaction that is open around it: what it writes stays although that one
   * rolls back, and it does not see what that one has not committed. @defaultValue false
   */
  readonly isolated?: boolean;
  /** Names the work in logs. @defaultValue none */
  readonly requestId?: string;
}

/**
 * Runs work that is not an HTTP request (a task, a command, a seeder, a test) in a unit of its own: it gets its own
 * EntityManager, so that nothing it loads is shared with other work. Inside other work it starts a new unit; inside
 * `atomic` its queries still belong to that transaction, unless it is `isolated`.
 */
export function runInContext<T>(work: () => T, { database, isolated = false, requestId }: ContextOptions = {}): T {
  const context = new RequestContext(requestId);
  if (database) database.bindTo(context);
  else Connections.carryTo(context);
  const run = () => RequestContext.run(context, work);
  return isolated ? outsideOfTransactions(run) : run();
}
