import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import { TransactionLostError } from '../../errors/database.errors.js';
import type { QueryEcho } from '../query-echo.js';
import { isStalePlan, type NamedQuery, type PreparedStatements } from './prepared-statements.js';

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** One lent-out PostgreSQL connection. Queries that carry a `statementName` are prepared once and reused. */
export class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #prepared: PreparedStatements;
  readonly #echo: QueryEcho | undefined;
  #released = false;
  inTransaction = false;

  constructor(client: pg.PoolClient, prepared: PreparedStatements, echo?: QueryEcho) {
    this.#client = client;
    this.#prepared = prepared;
    this.#echo = echo;
  }

  async executeQuery<R>(query: NamedQuery): Promise<QueryResult<R>> {
    this.#echo?.(query.sql);
    const { command, rowCount, rows } = await this.#send(query);
    const numAffectedRows = COUNTED.has(command) ? BigInt(rowCount ?? 0) : undefined;
    return { rows: (rows ?? []) as R[], numAffectedRows };
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    this.#echo?.(query.sql);
    const cursor = this.#client.query(new Cursor<R>(query.sql, [...query.parameters]));
    try {
      for (let rows = await cursor.read(chunkSize); rows.length > 0; rows = await cursor.read(chunkSize)) {
        yield { rows };
      }
    } finally {
      await cursor.close();
    }
  }

  /** @throws {TransactionLostError} when PostgreSQL rolled back instead, because a statement before had failed. */
  async commit(): Promise<void> {
    this.#echo?.('commit');
    const { command } = await this.#client.query('commit');
    this.inTransaction = false;
    if (command === 'ROLLBACK') throw new TransactionLostError();
  }

  /** Gives the connection back; a broken one is thrown away. Further calls do nothing. */
  release(broken = false): void {
    if (this.#released) return;
    this.#released = true;
    this.#client.release(broken);
  }

  async #send({ sql, parameters, statementName }: NamedQuery): Promise<pg.QueryResult> {
    const values = [...parameters];
    if (statementName === undefined) return this.#client.query(sql, values);
    try {
      return await this.#client.query({ name: this.#prepared.nameOf(statementName), text: sql, values });
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      this.#prepared.retire(statementName);
      // An error has already ended the transaction for PostgreSQL: only its owner can begin again.
      if (this.inTransaction) throw error;
      return this.#client.query({ name: this.#prepared.nameOf(statementName), text: sql, values });
    }
  }
}
