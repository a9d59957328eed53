import { sql } from 'kysely';
import type { ModelDefinition } from '../models/model-definition.js';
import { StatementBuilder } from './statement.js';
import { execute, type Target } from './statement-executor.js';

/**
 * How many rows a table has by what the database remembers of its last analysis; `undefined` where it remembers nothing.
 * Only PostgreSQL is asked.
 */
export async function estimatedRows(
  target: Target,
  { model, tableName }: ModelDefinition,
): Promise<number | undefined> {
  const { database } = target;
  if (database.dialect !== 'postgresql') return undefined;
  const statement = database.statement(model, 'estimate', () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    return builder.build(
      sql`select cast(reltuples as double precision) as ${sql.id('estimate')} from pg_class where oid = cast(${sql.lit(`"${tableName}"`)} as regclass)`,
    );
  });
  const { rows } = await execute<{ estimate: number }>(target, statement, []);
  const estimate = rows[0]?.estimate ?? -1;
  return estimate < 0 ? undefined : estimate;
}
