import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { EXACT_COLLATION, LETTERS_COLLATION, speaksMySql } from '../databases/mysql/mysql-family.js';
import { FOLD_CASE, foldCase } from '../databases/sqlite/text-functions.js';

type Sql = RawBuilder<unknown>;

/** The comparisons of texts that look at parts of them, or pass over case. */
export type TextLookup = 'iexact' | 'contains' | 'icontains' | 'startswith' | 'istartswith' | 'endswith' | 'iendswith';

/** The values of a comparison in the order of the slots that {@link textComparison} takes. */
export function textValues(dialect: SqlDialect, name: TextLookup, value: unknown): readonly unknown[] {
  switch (name) {
    case 'contains':
      return [dialect === 'sqlite' ? value : `%${escapeLike(value)}%`];
    case 'icontains':
      return [`%${folded(value, dialect)}%`];
    case 'startswith':
      return dialect === 'sqlite' ? [value, value] : [`${escapeLike(value)}%`];
    case 'istartswith':
      return [`${folded(value, dialect)}%`];
    case 'endswith':
      return dialect === 'sqlite' ? [value, value, value] : [`%${escapeLike(value)}`];
    case 'iendswith':
      return [`%${folded(value, dialect)}`];
    case 'iexact':
      return [folded(value, dialect)];
  }
}

/** The SQL of a comparison of texts, with the same outcome on every database. */
export function textComparison(dialect: SqlDialect, column: Sql, name: TextLookup, slot: () => Sql): Sql {
  const caseless = name === 'iexact' || name === 'icontains' || name === 'istartswith' || name === 'iendswith';
  if (dialect === 'postgresql') {
    return caseless ? sql`${column} ilike ${slot()} escape '\\'` : sql`${column} like ${slot()} escape '\\'`;
  }
  if (speaksMySql(dialect)) {
    // The backslash is what escapes here anyway, and would have to be doubled in a text.
    if (!caseless) return sql`${column} like ${slot()}`;
    const [letters, exact] = [sql.raw(LETTERS_COLLATION[dialect]), sql.raw(EXACT_COLLATION[dialect])];
    const lower = (text: Sql) => sql`lower(${text} collate ${letters}) collate ${exact}`;
    return sql`${lower(column)} like ${lower(slot())}`;
  }
  // SQLite's "like" ignores case, so comparisons that must not are made of string functions.
  if (name === 'contains') return sql`instr(${column}, ${slot()}) > 0`;
  if (name === 'startswith') return sql`substr(${column}, 1, length(${slot()})) = ${slot()}`;
  if (name === 'endswith') {
    return sql`(length(${column}) >= length(${slot()}) and substr(${column}, length(${column}) - length(${slot()}) + 1) = ${slot()})`;
  }
  return sql`${sql.raw(FOLD_CASE)}(${column}) like ${slot()} escape '\\'`;
}

/** Servers fold both sides themselves. */
function folded(value: unknown, dialect: SqlDialect): string {
  return escapeLike(dialect === 'sqlite' ? foldCase(String(value)) : value);
}

function escapeLike(value: unknown): string {
  return String(value).replace(/[\\%_]/g, '\\$&');
}
