import type BetterSqlite from 'better-sqlite3';

/** Name of the SQL function that makes texts comparable whatever their case; SQLite's own knows ASCII only. */
export const FOLD_CASE = 'core_fold_case';

/** Teaches a connection the functions that queries use. */
export function registerTextFunctions(database: BetterSqlite.Database): void {
  database.function(FOLD_CASE, { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? foldCase(text) : text,
  );
}

/** The form in which texts are compared whatever their case. */
export function foldCase(text: string): string {
  return text.toLowerCase();
}
