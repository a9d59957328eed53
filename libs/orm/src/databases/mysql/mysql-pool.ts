import { createPool, type Pool, type PoolConnection } from 'mysql2';
import { DatabaseBusyError, DatabaseUnreachableError, WrongServerError } from '../../errors/database.errors.js';
import { describeDatabase } from '../database-url.js';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { messageOf } from '../foreign-error.js';
import type { MySqlUrl } from './mysql-url.js';
import { checkServer } from './server-version.js';
import { sessionSettings } from './session-settings.js';

const PATIENCE_MS = 5000;
const IDLE_MS = 30_000;
/** Servers allow 16 382 in all by default. */
const PREPARED_PER_CONNECTION = 500;

/** Opens connections to one MySQL or MariaDB database and keeps them; failures come out as the framework's errors. */
export class MySqlPool {
  readonly #pool: Pool;
  readonly #database: string;
  readonly #max: number;
  readonly #keepIdle: boolean;
  readonly #settings: string;
  readonly #prepared = new WeakSet<PoolConnection>();
  readonly #dialect: MySqlUrl['dialect'];
  #isChecked = false;
  #lent = 0;

  constructor(url: MySqlUrl, { max, keepIdle }: ResolvedConnectionSettings) {
    this.#database = describeDatabase(url);
    this.#dialect = url.dialect;
    this.#max = max;
    this.#keepIdle = keepIdle;
    this.#settings = sessionSettings(url.dialect);
    const { host, port, user, password, database, tls } = url;
    this.#pool = createPool({
      host,
      port,
      user,
      password,
      database,
      ...(tls && { ssl: tls }),
      connectionLimit: max,
      maxIdle: 0,
      idleTimeout: IDLE_MS,
      connectTimeout: PATIENCE_MS,
      maxPreparedStatements: PREPARED_PER_CONNECTION,
      charset: 'utf8mb4',
      timezone: 'Z',
      supportBigNumbers: true,
      dateStrings: true,
      jsonStrings: url.dialect === 'mariadb',
    });
  }

  async acquire(): Promise<PoolConnection> {
    const connection = await this.#connect();
    this.#lent++;
    if (this.#prepared.has(connection)) return connection;
    try {
      await this.#prepare(connection);
    } catch (error) {
      this.release(connection, true);
      throw error instanceof WrongServerError ? error : this.#unreachable(error);
    }
    return connection;
  }

  release(connection: PoolConnection, broken: boolean): void {
    this.#lent--;
    if (broken || !this.#keepIdle) connection.destroy();
    else connection.release();
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pool.end((error) => (error ? reject(error) : resolve()));
    });
  }

  /** mysql2 waits for a free connection without end. */
  #connect(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(this.#busy());
      }, PATIENCE_MS);
      this.#pool.getConnection((error, connection) => {
        clearTimeout(timer);
        if (error) return reject(this.#unreachable(error));
        if (late) return connection.release();
        resolve(connection);
      });
    });
  }

  async #prepare(connection: PoolConnection): Promise<void> {
    this.#prepared.add(connection);
    // A server that drops a connection must not take the process down: the query in flight fails on its own.
    connection.on('error', ignore);
    if (!this.#isChecked) {
      // Before the settings, which the other kind of server does not understand.
      const [row] = (await ask(connection, 'select version() as version')) as { version: string }[];
      checkServer(this.#dialect, row?.version ?? '');
      this.#isChecked = true;
    }
    await ask(connection, this.#settings);
  }

  #busy(): Error {
    if (this.#lent < this.#max) return this.#unreachable(new Error('the server does not answer'));
    return new DatabaseBusyError(
      `one of the ${this.#max} connections to ${this.#database}`,
      PATIENCE_MS,
      'Raise DB_POOL_SIZE or DB_MAX_OVERFLOW, and do not await a second EntityManager inside a transaction.',
    );
  }

  #unreachable(error: unknown): Error {
    return new DatabaseUnreachableError(
      this.#database,
      messageOf(error),
      'Check host, port, database, user and password in DATABASE_URL, and that the server runs.',
      error,
    );
  }
}

function ask(connection: PoolConnection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

function ignore(): void {}
