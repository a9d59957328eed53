import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import { DatabaseConnectionLostError, TransactionLostError } from '../../errors/database.errors.js';
import { explainLostConnection } from '../lost-connection.js';
import type { QueryEcho } from '../query-echo.js';
import { explainLockError } from './lock-errors.js';
import { PreparedQuery, type StatementAnswer } from './prepared-query.js';
import { isStalePlan, type NamedQuery, type PreparedColumn, type PreparedStatements } from './prepared-statements.js';

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** One lent-out PostgreSQL connection. Queries that carry a `statementName` are prepared once and reused. */
export class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #prepared: PreparedStatements;
  readonly #echo: QueryEcho | undefined;
  #released = false;
  #inTransaction = false;
  #lost = false;
  /** The `begin` that the transaction's first statement takes along. */
  #begin: string | undefined;

  constructor(client: pg.PoolClient, prepared: PreparedStatements, echo?: QueryEcho) {
    this.#client = client;
    this.#prepared = prepared;
    this.#echo = echo;
  }

  /** Whether a transaction is open, or will be with the next statement. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** Whether it ended under a statement, after which nothing more can be asked. */
  get lost(): boolean {
    return this.#lost;
  }

  async executeQuery<R>(query: NamedQuery): Promise<QueryResult<R>> {
    let answer: StatementAnswer;
    try {
      // Promises are few here on purpose: they would cost more than to send the statement.
      answer = await (this.#sendPrepared(query) ?? this.#send(query));
    } catch (error) {
      answer = await this.#sendAgain(query, error).catch((again: unknown) => this.#fail(again));
    }
    const { command, rowCount, rows } = answer;
    const numAffectedRows = COUNTED.has(command) ? BigInt(rowCount ?? 0) : undefined;
    return { rows: (rows ?? []) as R[], numAffectedRows };
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    await this.#sendBegin();
    this.#echo?.(query.sql);
    const cursor = this.#client.query(new Cursor<R>(query.sql, [...query.parameters]));
    const read = () => cursor.read(chunkSize).catch((error: unknown) => this.#fail(error));
    // A cursor waits for a server that is gone without end.
    const ended = Promise.withResolvers<void>();
    this.#client.once('end', ended.resolve);
    try {
      for (let rows = await read(); rows.length > 0; rows = await read()) yield { rows };
    } finally {
      if (!this.#lost) await Promise.race([cursor.close(), ended.promise]);
      this.#client.off('end', ended.resolve);
    }
  }

  /** Opens a transaction with the next statement; one in which nothing is asked never reaches the server. */
  begin(statement: string): void {
    this.#begin = statement;
    this.#inTransaction = true;
  }

  /** @throws {TransactionLostError} when PostgreSQL rolled back instead, because a statement before had failed. */
  async commit(): Promise<void> {
    const command = await this.#end('commit');
    if (command === 'ROLLBACK') throw new TransactionLostError();
  }

  async rollback(): Promise<void> {
    await this.#end('rollback');
  }

  /** Gives the connection back; a broken one is thrown away. Further calls do nothing. */
  release(broken = false): void {
    if (this.#released) return;
    this.#released = true;
    this.#client.release(broken || this.#lost);
  }

  /** Answers what PostgreSQL made of it. */
  async #end(statement: 'commit' | 'rollback'): Promise<string> {
    const begun = this.#begin === undefined;
    this.#begin = undefined;
    if (begun) this.#echo?.(statement);
    const { command } = begun
      ? await this.#client.query(statement).catch((error: unknown) => this.#fail(error))
      : { command: '' };
    this.#inTransaction = false;
    return command;
  }

  #fail(error: unknown): never {
    const explained = explainLostConnection(explainLockError(error));
    if (explained instanceof DatabaseConnectionLostError) this.#lost = true;
    throw explained;
  }

  async #send({ sql, parameters, statementName, isSilent }: NamedQuery): Promise<StatementAnswer> {
    if (statementName !== undefined) return this.#prepare(this.#prepared.nameOf(statementName), sql, parameters);
    await this.#sendBegin();
    if (!isSilent) this.#echo?.(sql);
    return this.#client.query(sql, [...parameters]);
  }

  /** Sends a statement once more whose plan is older than its tables. @throws whatever else it failed by. */
  async #sendAgain(query: NamedQuery, error: unknown): Promise<StatementAnswer> {
    const { statementName } = query;
    if (statementName === undefined) throw error;
    // As the server's message came, its stack leads to a socket; from here it leads to who asked.
    if (error instanceof Error) Error.captureStackTrace(error);
    if (!isStalePlan(error)) throw error;
    this.#prepared.retire(statementName);
    // An error has already ended the transaction for PostgreSQL: only its owner can begin again.
    if (this.#inTransaction) throw error;
    return this.#send(query);
  }

  /** Sends a statement that is prepared already; `undefined` when it is not. */
  #sendPrepared({ sql, parameters: values, statementName }: NamedQuery): Promise<StatementAnswer> | undefined {
    if (statementName === undefined) return undefined;
    const name = this.#prepared.nameOf(statementName);
    const columns = this.#prepared.columnsOf(name);
    if (columns === undefined) return undefined;
    const begin = this.#begin;
    this.#begin = undefined;
    if (begin !== undefined) this.#echo?.(begin);
    this.#echo?.(sql);
    return new Promise((resolve, reject) => {
      const settle = (error: Error | undefined, answer?: StatementAnswer) =>
        answer === undefined ? reject(error ?? new Error('PostgreSQL answered nothing.')) : resolve(answer);
      this.#client.query(new PreparedQuery({ name, values, columns, begin }, settle));
    });
  }

  /** Runs a statement for the first time under its name, and remembers what it answers. */
  async #prepare(name: string, text: string, values: readonly unknown[]): Promise<StatementAnswer> {
    await this.#sendBegin();
    this.#echo?.(text);
    const answer = await this.#client.query({ name, text, values: [...values] });
    const columns = answer.fields.map(({ name: column, dataTypeID }): PreparedColumn => ({
      name: column,
      parse: this.#client.getTypeParser(dataTypeID, 'text'),
    }));
    this.#prepared.add(name, columns);
    return answer;
  }

  async #sendBegin(): Promise<void> {
    const begin = this.#begin;
    if (begin === undefined) return;
    this.#begin = undefined;
    this.#echo?.(begin);
    await this.#client.query(begin);
  }
}
