import type { SqlDialect } from '../context/database.js';
import { columnReader, type ColumnReader, jsonColumnReader, takesAsIs } from './column-reader.js';
import type { ColumnPath } from './query-state.js';

type Row = Record<string, unknown>;
type RowReader = (rows: readonly Row[]) => Row[];

const readers = {
  code: new WeakMap<readonly ColumnPath[], RowReader>(),
  json: new WeakMap<readonly ColumnPath[], RowReader>(),
};

/** Gives the function that turns the columns of rows into values, in place; remembered per list of columns. */
export function rowReader(dialect: SqlDialect, columns: readonly ColumnPath[], json: boolean): RowReader {
  const known = json ? readers.json : readers.code;
  const found = known.get(columns);
  if (found) return found;
  const compile = json ? jsonColumnReader : columnReader;
  const converted = columns
    .map(({ key, field }): [string, ColumnReader] => [key, compile(dialect, field)])
    .filter(([, read]) => !takesAsIs(read));
  const reader: RowReader = (rows) => {
    for (const row of rows) for (const [key, read] of converted) row[key] = read(row[key]);
    return rows as Row[];
  };
  known.set(columns, reader);
  return reader;
}
