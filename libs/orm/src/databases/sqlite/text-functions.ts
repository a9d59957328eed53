import type BetterSqlite from 'better-sqlite3';

/** Name of the SQL function that makes texts comparable whatever their case; SQLite's own knows ASCII only. */
export const FOLD_CASE = 'core_fold_case';

/** Teaches a connection the functions that queries use. */
export function registerTextFunctions(database: BetterSqlite.Database): void {
  database.function(FOLD_CASE, { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? foldCase(text) : text,
  );
}

/**
 * The form in which texts are compared whatever their case: each character in lower case on its own, by Unicode's
 * simple mapping, as the servers do. JavaScript knows two exceptions from it, `İ` and the sigma at the end of a word.
 */
export function foldCase(text: string): string {
  return text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase();
}
