import type { SqlDialect } from '../context/database.js';
import { columnReader } from './column-reader.js';
import type { AnnotationColumns } from './query-state.js';

type Row = Record<string, unknown>;

/** Splits annotations off rows, has instances made of what is left, and sets the annotations on them. */
export function annotateRows<T extends object>(
  dialect: SqlDialect,
  annotations: AnnotationColumns,
  rows: readonly Row[],
  load: (own: readonly Row[]) => readonly T[],
): T[] {
  const readers = [...annotations].map(([name, { field }]) => [name, columnReader(dialect, field)] as const);
  const own = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('~'))));
  return load(own).map((instance, index) => {
    for (const [name, read] of readers) Reflect.set(instance, name, read(rows[index]?.[`~${name}`]));
    return instance;
  });
}
