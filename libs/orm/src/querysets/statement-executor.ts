import type { CompiledQuery, QueryResult } from 'kysely';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Database } from '../context/database.js';
import type { Replicas } from '../context/replicas.js';
import { runnerOf } from '../databases/statement-runner.js';
import type { Statement } from './statement.js';

/** What a statement brought about. */
export interface StatementResult<R> {
  readonly rows: readonly R[];
  readonly affected: number;
  /** The first key that the database generated, where it tells it apart from rows. */
  readonly insertId?: bigint;
}

/** A compiled query that carries what PostgreSQL's pool makes use of. */
interface NamedQuery extends CompiledQuery {
  readonly statementName?: string;
  readonly isShared?: boolean;
}

/** Where a statement is sent: a database, and the EntityManager whose transaction it may belong to. */
export interface Target {
  readonly database: Database;
  readonly em: SqlEntityManager | undefined;
  /** Whether replicas are not asked. */
  readonly primary?: boolean;
}

/** The part of a transaction that is needed. */
interface Connection {
  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>>;
}

/**
 * Runs a statement on the connection of the EntityManager's transaction when there is one, else on one of the pool.
 * The only place that sends what QuerySets and instances ask for.
 */
export async function execute<R>(
  { database, em, primary = false }: Target,
  statement: Statement,
  values: readonly unknown[],
): Promise<StatementResult<R>> {
  const query: NamedQuery = {
    ...statement.query,
    parameters: statement.takesInOrder ? values : statement.slots.map((slot) => values[slot]),
    ...(database.preparedStatements && { statementName: nameOf(statement) }),
    ...(statement.isShared && { isShared: true }),
  };
  const transaction = em?.getTransactionContext<Connection>();
  const { rows, numAffectedRows, insertId }: QueryResult<R> = await (transaction
    ? transaction.executeQuery<R>(query)
    : database.replicas
      ? runBesideReplicas<R>(database, database.replicas, query, primary)
      : runnerOf(database.kysely).run<R>(query));
  return { rows, affected: Number(numAffectedRows ?? rows.length), insertId };
}

/** Reads go to a replica unless the work has to see what it wrote, everything else to the primary. */
async function runBesideReplicas<R>(
  { kysely }: Database,
  replicas: Replicas,
  query: NamedQuery,
  primary: boolean,
): Promise<QueryResult<R>> {
  const reads = /^select\b/i.test(query.sql);
  if (!reads) replicas.noteWrite();
  const answered = reads && !primary && replicas.mayServe ? await replicas.run<R>(query) : undefined;
  return answered ?? runnerOf(kysely).run<R>(query);
}

/** Connections keep what is prepared for good, so shapes that hardly ever occur are not worth a name. */
const USES_BEFORE_NAMED = 3;
const uses = new WeakMap<Statement, number>();

function nameOf(statement: Statement): string | undefined {
  const count = uses.get(statement) ?? 0;
  if (count >= USES_BEFORE_NAMED) return statement.name;
  uses.set(statement, count + 1);
  return undefined;
}
