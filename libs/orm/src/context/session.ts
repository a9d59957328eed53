import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Database } from './database.js';

/** Where statements run: a database, and the EntityManager whose transaction they belong to when it has one. */
export interface Session {
  readonly database: Database;
  readonly em: SqlEntityManager;
  /** Whether replicas are not asked. */
  readonly primary?: boolean;
}
