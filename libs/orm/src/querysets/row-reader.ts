import type { SqlDialect } from '../context/database.js';
import { columnReader, type ColumnReader, jsonColumnReader, takesAsIs } from './column-reader.js';
import type { ColumnPath } from './query-state.js';

type Row = Record<string, unknown>;
type RowReader = (rows: readonly Row[]) => Row[];

/** By dialect and form: one application may have databases of several kinds. */
const readers = new Map<string, WeakMap<readonly ColumnPath[], RowReader>>();

/** Gives the function that turns the columns of rows into values, in place; remembered per list of columns. */
export function rowReader(dialect: SqlDialect, columns: readonly ColumnPath[], json: boolean): RowReader {
  const form = json ? `${dialect} json` : dialect;
  let known = readers.get(form);
  if (!known) readers.set(form, (known = new WeakMap()));
  let reader = known.get(columns);
  if (!reader) known.set(columns, (reader = compile(dialect, columns, json ? jsonColumnReader : columnReader)));
  return reader;
}

function compile(
  dialect: SqlDialect,
  columns: readonly ColumnPath[],
  readerOf: (dialect: SqlDialect, field: ColumnPath['field']) => ColumnReader,
): RowReader {
  const converted = columns
    .map(({ key, field }): [string, ColumnReader] => [key, readerOf(dialect, field)])
    .filter(([, read]) => !takesAsIs(read));
  return (rows) => {
    for (const row of rows) for (const [key, read] of converted) row[key] = read(row[key]);
    return rows as Row[];
  };
}
