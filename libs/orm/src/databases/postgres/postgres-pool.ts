import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import pg from 'pg';
import { DatabaseBusyError, DatabaseUnreachableError } from '../../errors/database.errors.js';
import { describeDatabase, type PostgresUrl } from '../database-url.js';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { messageOf } from '../foreign-error.js';

const PATIENCE_MS = 5000;
const IDLE_MS = 30_000;
/** Silence after which the other side is asked whether it is still there. */
const KEEP_ALIVE_MS = 10_000;
// The parser of text[]; the type declarations list no array types.
const TEXT_ARRAY_OID = 1009 as Parameters<typeof pg.types.getTypeParser>[0];

/** Opens connections to one PostgreSQL database and keeps them; failures come out as the framework's errors. */
export class PostgresPool {
  readonly #pool: pg.Pool;
  readonly #database: string;
  readonly #max: number;
  readonly #keepIdle: boolean;
  /** Connections that a statement has just been done with, for the next one in this turn of the event loop. */
  readonly #spare: pg.PoolClient[] = [];

  constructor(url: PostgresUrl, { max, keepIdle }: ResolvedConnectionSettings) {
    this.#database = describeDatabase(url);
    this.#max = max;
    this.#keepIdle = keepIdle;
    this.#pool = new pg.Pool({
      connectionString: url.connectionString,
      max,
      ...(keepIdle ? { idleTimeoutMillis: IDLE_MS } : { maxUses: 1 }),
      connectionTimeoutMillis: PATIENCE_MS,
      allowExitOnIdle: true,
      // So that a server which vanished without a word is noticed, after as long as the system's settings say.
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      types: typesForMikroOrm(),
    });
    // A server that drops a connection must not take the process down: the query in flight fails on its own.
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => client.on('error', () => this.#dropSpare(client)));
  }

  /** A connection that can be had at once, if there is one. */
  takeSpare(): pg.PoolClient | undefined {
    return this.#spare.pop();
  }

  async acquire(): Promise<pg.PoolClient> {
    const spare = this.takeSpare();
    if (spare) return spare;
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * Takes back a connection on which nothing is open. Under load the next statement has it at once, past the pool's
   * bookkeeping, which costs more than to send the statement; nobody who waits for one is passed over.
   */
  giveBack(client: pg.PoolClient): void {
    if (!this.#keepIdle || this.#pool.waitingCount > 0) client.release();
    else if (this.#spare.push(client) === 1) setImmediate(() => this.#releaseSpare());
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** A spare connection that ends is not lent out again. */
  #dropSpare(client: pg.PoolClient): void {
    const index = this.#spare.indexOf(client);
    if (index < 0) return;
    this.#spare.splice(index, 1);
    client.release(true);
  }

  #releaseSpare(): void {
    for (const client of this.#spare.splice(0)) client.release();
  }

  #explain(error: unknown): Error {
    if (this.#pool.totalCount >= this.#max) {
      return new DatabaseBusyError(
        `one of the ${this.#max} PostgreSQL connections`,
        PATIENCE_MS,
        'Raise DB_POOL_SIZE or DB_MAX_OVERFLOW, and do not await a second EntityManager inside a transaction.',
        error,
      );
    }
    return new DatabaseUnreachableError(
      this.#database,
      messageOf(error),
      'Check host, port, database, user and password in DATABASE_URL, and that the server runs.',
      error,
    );
  }
}

/** MikroORM parses dates itself and wants them as PostgreSQL wrote them. */
function typesForMikroOrm(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  const parseTextArray: (text: string) => string[] = pg.types.getTypeParser(TEXT_ARRAY_OID);
  for (const [oid, parser] of Object.entries(createPostgreSqlTypeParsers(parseTextArray))) {
    types.setTypeParser(Number(oid), parser);
  }
  return types;
}

function ignore(): void {}
