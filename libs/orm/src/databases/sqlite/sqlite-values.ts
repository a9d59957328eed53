import type BetterSqlite from 'better-sqlite3';

type Row = Record<string, unknown>;

/** Makes a bound parameter of what SQLite has no type for, the way MikroORM stores it. */
export function toSqliteValue(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  return value === undefined ? null : value;
}

/**
 * Finds out whether a result may hold integers beyond 2^53 and how to read them: columns declared `bigint` become
 * strings, as on PostgreSQL; other integers stay numbers unless that would change them.
 */
export function bigIntegerReader(statement: BetterSqlite.Statement): ((row: Row) => Row) | undefined {
  const columns = statement.columns();
  if (!columns.some(({ type }) => type === null || isBigInteger(type))) return undefined;
  const asText = new Set(columns.filter(({ type }) => type !== null && isBigInteger(type)).map(({ name }) => name));
  statement.safeIntegers(true);
  return (row) => {
    for (const name in row) {
      const value = row[name];
      if (typeof value !== 'bigint') continue;
      const number = Number(value);
      row[name] = asText.has(name) || !Number.isSafeInteger(number) ? String(value) : number;
    }
    return row;
  };
}

function isBigInteger(declaredType: string): boolean {
  return /^(bigint|int8)\b/i.test(declaredType);
}
