import { RequestContext } from '@core-framework/common';
import type { Database } from './database.js';

/** Options of {@link runInContext}. */
export interface ContextOptions {
  /** The database of models that are used without injection; needed only where several are open. */
  readonly database?: Database;
}

/**
 * Runs work that is not an HTTP request (a task, a command, a seeder, a test) in a unit of its own: it gets its own
 * EntityManager, so that nothing it loads is shared with other work. Inside other work it starts a new unit; inside
 * `atomic` its queries still belong to that transaction.
 */
export function runInContext<T>(work: () => T, { database }: ContextOptions = {}): T {
  const context = new RequestContext();
  database?.bindTo(context);
  return RequestContext.run(context, work);
}
