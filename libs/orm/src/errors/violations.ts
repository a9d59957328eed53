import type { SqlDialect } from '../context/database.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';

/** What a driver tells of a broken constraint; columns as far as it names them. */
export interface Violation {
  readonly kind: 'unique' | 'foreignKey' | 'notNull' | 'check' | 'tooLong';
  readonly columns: readonly string[];
  /** Name of the index or the constraint, where columns have to be found by it. */
  readonly constraint?: string;
}

/** Reads a driver's complaint about a broken constraint; `undefined` for every other error. */
export function violationOf(dialect: SqlDialect, error: unknown): Violation | undefined {
  if (speaksMySql(dialect)) return mysqlViolation(error);
  return dialect === 'postgresql' ? postgresViolation(error) : sqliteViolation(error);
}

export function isForeignKeyViolation(dialect: SqlDialect, error: unknown): boolean {
  return violationOf(dialect, error)?.kind === 'foreignKey';
}

function textOf(error: unknown, property: string): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, property) : undefined;
  return typeof value === 'string' ? value : '';
}

function postgresViolation(error: unknown): Violation | undefined {
  switch (textOf(error, 'code')) {
    case '23505':
      return { kind: 'unique', columns: columnsInDetail(error) };
    case '23503':
    case '23001':
      return { kind: 'foreignKey', columns: columnsInDetail(error) };
    case '23502':
      return { kind: 'notNull', columns: [textOf(error, 'column')] };
    case '23514':
      return { kind: 'check', columns: [], constraint: textOf(error, 'constraint') };
    case '54000':
      // The code of all its limits; most of them are about statements, not about what is in them.
      return textOf(error, 'message').startsWith('index row ') ? { kind: 'tooLong', columns: [] } : undefined;
    default:
      return undefined;
  }
}

/** `Key (author_id, "Name")=(1, x) already exists.` */
function columnsInDetail(error: unknown): string[] {
  const [, list = ''] = /^Key \((.*?)\)=/.exec(textOf(error, 'detail')) ?? [];
  return list === '' ? [] : list.split(', ').map((column) => column.replace(/^"|"$/g, ''));
}

/** `UNIQUE constraint failed: posts.author_id, posts.name` */
function sqliteViolation(error: unknown): Violation | undefined {
  const [, list = ''] = /constraint failed: (.*)$/s.exec(textOf(error, 'message')) ?? [];
  const qualified = list.split(', ').filter((name) => name.includes('.'));
  const columns = qualified.map((name) => name.slice(name.lastIndexOf('.') + 1));
  switch (textOf(error, 'code')) {
    case 'SQLITE_CONSTRAINT_UNIQUE':
    case 'SQLITE_CONSTRAINT_PRIMARYKEY':
      return { kind: 'unique', columns };
    case 'SQLITE_CONSTRAINT_NOTNULL':
      return { kind: 'notNull', columns };
    case 'SQLITE_CONSTRAINT_FOREIGNKEY':
    case 'SQLITE_CONSTRAINT_TRIGGER':
      return { kind: 'foreignKey', columns: [] };
    case 'SQLITE_CONSTRAINT_CHECK':
      return { kind: 'check', columns: [], constraint: list };
    default:
      return undefined;
  }
}

/** `Duplicate entry 'x' for key 'posts.slug'`, `Column 'x' cannot be null`, ``… FOREIGN KEY (`author_id`) REFERENCES …`` */
function mysqlViolation(error: unknown): Violation | undefined {
  const message = textOf(error, 'message');
  switch (textOf(error, 'code')) {
    case 'ER_DUP_ENTRY': {
      const [, key = ''] = / for key '([^']*)'$/.exec(message) ?? [];
      // MySQL puts the table before it.
      return { kind: 'unique', columns: [], constraint: key.replace(/^.*\./, '') };
    }
    case 'ER_NO_REFERENCED_ROW_2':
    case 'ER_ROW_IS_REFERENCED_2': {
      const [, list = ''] = / FOREIGN KEY \(([^()]*)\) REFERENCES /.exec(message) ?? [];
      return { kind: 'foreignKey', columns: list.split(', ').map((column) => column.replaceAll('`', '')) };
    }
    case 'ER_BAD_NULL_ERROR':
    case 'ER_NO_DEFAULT_FOR_FIELD':
      return { kind: 'notNull', columns: [/'(.*?)'/.exec(message)?.[1] ?? ''] };
    case 'ER_CONSTRAINT_FAILED':
    // What mysql2 calls MariaDB's number 4025, which means something else on MySQL.
    case 'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE':
    case 'ER_CHECK_CONSTRAINT_VIOLATED': {
      const [, quoted = ''] = message.split(/[`']/);
      return { kind: 'check', columns: [], constraint: quoted.slice(quoted.lastIndexOf('.') + 1) };
    }
    // What an enum says of a value that is not among its own.
    case 'WARN_DATA_TRUNCATED':
      return { kind: 'check', columns: [/ column '(.*?)'/.exec(message)?.[1] ?? ''] };
    default:
      return undefined;
  }
}
