import type { DataOperation, MigrationContext } from './operation.js';

/** Options of operations on rows. */
export interface DataOperationOptions {
  /** Whether a squash may leave it out, because a new database has nothing for it to do. @defaultValue false */
  readonly elidable?: boolean;
}

/**
 * Runs SQL of one's own, one statement or several in order. It must not end the transaction.
 *
 * Without `reverse` the migration cannot be rolled back; `[]` says that there is nothing to undo.
 */
export function runSql(
  sql: string | readonly string[],
  reverse?: string | readonly string[],
  options: DataOperationOptions = {},
): DataOperation {
  const statements = listOf(sql);
  const back = reverse === undefined ? undefined : listOf(reverse);
  return {
    kind: 'data',
    description: `run SQL ${statements[0] ?? ''}`.replaceAll(/\s+/g, ' ').slice(0, 80).trim(),
    statements,
    reverseStatements: back,
    ...options,
    forward: (context) => runAll(context, statements),
    ...(back === undefined ? {} : { backward: (context: MigrationContext) => runAll(context, back) }),
  };
}

/** Runs code inside the migration's transaction, such as filling a new column. */
export function runCode(
  forward: (context: MigrationContext) => Promise<void>,
  backward?: (context: MigrationContext) => Promise<void>,
  options: DataOperationOptions = {},
): DataOperation {
  const description = `run code ${forward.name}`.trim();
  return { kind: 'data', description, ...options, forward, ...(backward ? { backward } : {}) };
}

function listOf(sql: string | readonly string[]): readonly string[] {
  return typeof sql === 'string' ? [sql] : sql;
}

async function runAll({ execute }: MigrationContext, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await execute(statement);
}
