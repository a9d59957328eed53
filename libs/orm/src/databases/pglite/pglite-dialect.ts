import { PGlite } from '@electric-sql/pglite';
import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  type TransactionSettings,
} from 'kysely';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseInUseError, DatabaseUnreachableError } from '../../errors/database.errors.js';
import { describeDatabase } from '../database-url.js';
import type { ResolvedConnectionSettings } from '../driver-options.js';
import { messageOf } from '../foreign-error.js';
import { LeaseLine } from '../sqlite/lease-line.js';
import { lockFolder } from './folder-lock.js';
import { PgliteSession } from './pglite-session.js';
import type { PgliteUrl } from './pglite-url.js';

/** Kysely's PostgreSQL on PGlite, PostgreSQL itself inside the process. */
export class PgliteDialect implements Dialect {
  readonly #url: PgliteUrl;
  readonly #settings: ResolvedConnectionSettings;

  constructor(url: PgliteUrl, settings: ResolvedConnectionSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  createAdapter(): DialectAdapter {
    return new PostgresAdapter();
  }

  createDriver(): Driver {
    return new PgliteDriver(this.#url, this.#settings);
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(database);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }
}

class PgliteDriver implements Driver {
  readonly #url: PgliteUrl;
  readonly #settings: ResolvedConnectionSettings;
  #opened: { readonly database: PGlite; readonly line: LeaseLine<PGlite>; readonly unlock: () => void } | undefined;

  constructor(url: PgliteUrl, settings: ResolvedConnectionSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  async init(): Promise<void> {
    const unlock = this.#lock();
    try {
      const database = await PGlite.create({ dataDir: this.#dataDir(), parsers: parsersForMikroOrm() });
      const line = new LeaseLine<PGlite>({
        create: () => database,
        max: 1,
        waitedFor: 'the one connection of PGlite, which another transaction of this process holds',
        fix: 'Do not await a second EntityManager inside a transaction: pass the transaction on, or query before or after it.',
      });
      this.#opened = { database, line, unlock };
      await database.exec("set time zone 'UTC'");
    } catch (error) {
      unlock();
      throw this.#unreachable(error);
    }
  }

  async acquireConnection(): Promise<PgliteSession> {
    if (this.#opened === undefined) throw this.#unreachable(new Error('it has been closed'));
    return new PgliteSession(this.#opened.line, this.#settings.echo);
  }

  beginTransaction(session: PgliteSession, settings: TransactionSettings): Promise<void> {
    return session.begin(settings);
  }

  commitTransaction(session: PgliteSession): Promise<void> {
    return session.commit();
  }

  rollbackTransaction(session: PgliteSession): Promise<void> {
    return session.rollback();
  }

  async savepoint(session: DatabaseConnection, name: string): Promise<void> {
    await session.executeQuery(CompiledQuery.raw(`savepoint "${name}"`));
  }

  async rollbackToSavepoint(session: DatabaseConnection, name: string): Promise<void> {
    await session.executeQuery(CompiledQuery.raw(`rollback to "${name}"`));
  }

  async releaseSavepoint(session: DatabaseConnection, name: string): Promise<void> {
    await session.executeQuery(CompiledQuery.raw(`release "${name}"`));
  }

  releaseConnection(session: PgliteSession): Promise<void> {
    return session.rollback();
  }

  async destroy(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.database.close();
    opened?.unlock();
  }

  #dataDir(): string {
    return this.#url.folder === undefined ? 'memory://' : resolve(this.#url.folder);
  }

  #lock(): () => void {
    const { folder } = this.#url;
    if (folder === undefined) return () => undefined;
    try {
      mkdirSync(dirname(resolve(folder)), { recursive: true });
      return lockFolder(resolve(folder));
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): Error {
    if (error instanceof DatabaseInUseError) return error;
    return new DatabaseUnreachableError(
      describeDatabase(this.#url),
      messageOf(error),
      'Let DATABASE_URL name a folder that this process may write to, and that holds nothing else.',
      error,
    );
  }
}

/** MikroORM parses dates itself and wants them as PostgreSQL wrote them. */
function parsersForMikroOrm(): Record<number, (text: string) => unknown> {
  return createPostgreSqlTypeParsers((text) => [text]);
}
