import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { ColumnPath } from './query-state.js';

/** The databases on which both `insert` and `update` answer the rows that they wrote. */
const ANSWERING: readonly SqlDialect[] = ['postgresql', 'sqlite'];

/** Whether statements that write can answer columns of the rows. */
export function canReturn(dialect: SqlDialect): boolean {
  return ANSWERING.includes(dialect);
}

/**
 * The columns that a writing statement answers, under the keys that they were asked for by.
 *
 * @throws InvalidLookupError for a column of another table.
 */
export function returningSql(model: string, columns: readonly ColumnPath[]): RawBuilder<unknown> {
  const selected = columns.map(({ key, path, field, aggregation }) => {
    if (path.length > 0 || aggregation || !field.columnName) {
      throw new InvalidLookupError(model, key, `"${key}" is not a column of the rows that are written.`);
    }
    return sql`${sql.id(field.columnName)} as ${sql.id(key)}`;
  });
  return sql` returning ${sql.join(selected)}`;
}
