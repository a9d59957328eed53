import Database from 'better-sqlite3';
import type BetterSqlite from 'better-sqlite3';
import type { QueryResult } from 'kysely';
import { bigIntegerReader, toSqliteValue } from './sqlite-values.js';
import { registerTextFunctions } from './text-functions.js';

const CACHED_STATEMENTS = 256;

interface CachedStatement {
  readonly statement: BetterSqlite.Statement;
  readonly readRow?: (row: Record<string, unknown>) => Record<string, unknown>;
}

/** One open connection to an SQLite file, with its prepared statements. Never waits for a lock: it fails at once. */
export class SqliteHandle {
  readonly #database: BetterSqlite.Database;
  readonly #statements = new Map<string, CachedStatement>();

  constructor(file: string, access: 'read' | 'write') {
    this.#database = new Database(file, { timeout: 0 });
    registerTextFunctions(this.#database);
    if (access === 'read') {
      this.#database.pragma('query_only = on');
      return;
    }
    if (file !== ':memory:') this.#database.pragma('journal_mode = wal');
    this.#database.pragma('synchronous = normal');
    this.#database.pragma('foreign_keys = on');
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** Whether a statement may run on a connection that only reads. Settings belong to the writing one. */
  isReadOnly(sql: string): boolean {
    return !/^\s*pragma\b[^;]*=/i.test(sql) && this.#prepare(sql).statement.readonly;
  }

  run<R>(sql: string, parameters: readonly unknown[] = []): QueryResult<R> {
    const { statement, readRow } = this.#prepare(sql);
    const values = parameters.map(toSqliteValue);
    if (!statement.reader) {
      const { changes, lastInsertRowid } = statement.run(values);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    }
    const rows = statement.all(values) as Record<string, unknown>[];
    return { rows: (readRow === undefined ? rows : rows.map(readRow)) as R[] };
  }

  /** Reads row by row. The handle takes no other statement until the iteration ends. */
  *iterate<R>(sql: string, parameters: readonly unknown[]): Generator<R> {
    const { statement, readRow = (row) => row } = this.#prepare(sql);
    for (const row of statement.iterate(parameters.map(toSqliteValue))) {
      yield readRow(row as Record<string, unknown>) as R;
    }
  }

  /** Drops the prepared statements: their columns may have changed. */
  forgetStatements(): void {
    this.#statements.clear();
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): CachedStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#compile(sql);
    const prepared = { statement, readRow: statement.reader ? bigIntegerReader(statement) : undefined };
    if (this.#statements.size >= CACHED_STATEMENTS) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /**
   * SQLite looks whether tables were changed elsewhere when it runs a statement, not always when it compiles one: what it
   * refuses (`on conflict` of a new unique key) may be right by now.
   */
  #compile(sql: string): BetterSqlite.Statement {
    try {
      return this.#database.prepare(sql);
    } catch {
      this.#database.prepare('select 1 from sqlite_schema limit 1').get();
      return this.#database.prepare(sql);
    }
  }
}
