import type { DataOperation, MigrationContext } from './operation.js';

/**
 * Runs SQL of one's own, one statement or several in order. It must not end the transaction.
 *
 * Without `reverse` the migration cannot be rolled back; `[]` says that there is nothing to undo.
 */
export function runSql(sql: string | readonly string[], reverse?: string | readonly string[]): DataOperation {
  const statements = listOf(sql);
  const back = reverse === undefined ? undefined : listOf(reverse);
  return {
    kind: 'data',
    description: `run SQL ${statements[0] ?? ''}`.slice(0, 80).trim(),
    statements,
    forward: (context) => runAll(context, statements),
    ...(back === undefined ? {} : { backward: (context: MigrationContext) => runAll(context, back) }),
  };
}

/** Runs code inside the migration's transaction, such as filling a new column. */
export function runCode(
  forward: (context: MigrationContext) => Promise<void>,
  backward?: (context: MigrationContext) => Promise<void>,
): DataOperation {
  return { kind: 'data', description: `run code ${forward.name}`.trim(), forward, ...(backward ? { backward } : {}) };
}

function listOf(sql: string | readonly string[]): readonly string[] {
  return typeof sql === 'string' ? [sql] : sql;
}

async function runAll({ execute }: MigrationContext, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await execute(statement);
}
