import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type { PoolConnection, QueryError, ResultSetHeader } from 'mysql2';
import { TransactionLostError } from '../../errors/database.errors.js';
import { explainLostConnection } from '../lost-connection.js';
import type { QueryEcho } from '../query-echo.js';
import { endsTransaction, explainLockError } from './lock-errors.js';

/** What `mysql2` answers: rows, or what a statement without rows brought about. */
type Answer = readonly unknown[] | ResultSetHeader;

/** One lent-out connection. Statements with values are prepared once per connection and text, and values bound. */
export class MySqlConnection implements DatabaseConnection {
  readonly #client: PoolConnection;
  readonly #giveBack: (broken: boolean) => void;
  readonly #echo: QueryEcho | undefined;
  #released = false;
  #inTransaction = false;
  /** Whether the server has rolled the transaction back on its own, after which it would commit each statement. */
  #lost = false;

  constructor(client: PoolConnection, giveBack: (broken: boolean) => void, echo?: QueryEcho) {
    this.#client = client;
    this.#giveBack = giveBack;
    this.#echo = echo;
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const answer = await this.#send(sql, parameters);
    if (isRows(answer)) return { rows: answer as R[] };
    const { affectedRows, insertId } = answer;
    return {
      rows: [],
      numAffectedRows: BigInt(affectedRows),
      ...(insertId > 0 && { insertId: BigInt(insertId) }),
    };
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    this.#refuseLost();
    this.#echo?.(sql);
    const stream = this.#client.execute(sql, bound(parameters)).stream({ highWaterMark: chunkSize, objectMode: true });
    let rows: R[] = [];
    for await (const row of stream) {
      rows.push(row as R);
      if (rows.length < chunkSize) continue;
      yield { rows };
      rows = [];
    }
    if (rows.length > 0) yield { rows };
  }

  async begin(isolationLevel?: string, accessMode?: string): Promise<void> {
    if (isolationLevel !== undefined) await this.#send(`set transaction isolation level ${isolationLevel}`);
    await this.#send(accessMode === undefined ? 'begin' : `start transaction ${accessMode}`);
    this.#inTransaction = true;
    this.#lost = false;
  }

  /** @throws {TransactionLostError} when the server has rolled back on its own. */
  async commit(): Promise<void> {
    await this.#send('commit');
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    this.#lost = false;
    await this.#send('rollback');
    this.#inTransaction = false;
  }

  /** Gives the connection back; a broken one is thrown away. Further calls do nothing. */
  release(broken = false): void {
    if (this.#released) return;
    this.#released = true;
    this.#giveBack(broken);
  }

  #send(sql: string, parameters: readonly unknown[] = []): Promise<Answer> {
    this.#refuseLost();
    this.#echo?.(sql);
    return new Promise((resolve, reject) => {
      const done = (error: QueryError | null, answer: Answer) => {
        if (error === null) return resolve(answer);
        if (this.#inTransaction && endsTransaction(error)) this.#lost = true;
        reject(explainLostConnection(explainLockError(error)));
      };
      // A text without values hardly ever comes twice; some statements cannot be prepared at all.
      if (parameters.length === 0) this.#client.query<ResultSetHeader>(sql, done);
      else this.#client.execute<ResultSetHeader>(sql, bound(parameters), done);
    });
  }

  #refuseLost(): void {
    if (this.#lost) throw new TransactionLostError();
  }
}

function isRows(answer: Answer): answer is readonly unknown[] {
  return Array.isArray(answer);
}

/** `mysql2` takes no `undefined`. */
function bound(parameters: readonly unknown[]): (string | number | bigint | boolean | Date | Buffer | null)[] {
  return parameters.map((value) => (value === undefined ? null : value)) as (string | null)[];
}
