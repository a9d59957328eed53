import { ContextKey, RequestContext } from '@core-framework/common';
import { type MikroORM, TransactionContext } from '@mikro-orm/core';
import type { AbstractSqlDriver, SqlEntityManager } from '@mikro-orm/sql';
import type { Kysely } from 'kysely';
import type { QueryEcho } from '../databases/query-echo.js';
import { NoContextError, UnknownDatabaseError } from '../errors/orm.errors.js';

import type { ModelClass } from '../fields/field-definition.js';
import { RecentMap } from '../querysets/recent-map.js';
import type { Statement } from '../querysets/statement.js';

/** The databases whose SQL the QuerySets speak. */
export type SqlDialect = 'sqlite' | 'postgresql' | 'mariadb' | 'mysql';

/** Statements that are kept per model; a QuerySet built from user input has only as many shapes as keys are allowed. */
const KEPT_STATEMENTS = 500;

const openDatabases = new Set<Database>();
const databasesByDriver = new WeakMap<object, Database>();
const CURRENT = new ContextKey<Database>('orm:database');

/** An open database: MikroORM, and what the QuerySets keep beside it. */
export class Database {
  readonly #entityManagerKey = new ContextKey<SqlEntityManager>('orm:entity-manager');
  readonly #statements = new Map<ModelClass, RecentMap<string, Statement>>();
  readonly #observers = new Set<QueryEcho>();

  constructor(
    readonly orm: MikroORM<AbstractSqlDriver>,
    readonly dialect: SqlDialect,
    /** Names it for people, without user and password. */
    readonly description: string,
    /** Whether statements are sent by name, which connection poolers in transaction mode do not support. */
    readonly preparedStatements: boolean,
  ) {
    openDatabases.add(this);
    databasesByDriver.set(orm.driver, this);
  }

  /** Compiles and runs SQL on this database, outside of transactions. */
  get kysely(): Kysely<unknown> {
    // MikroORM would quietly connect again.
    if (!openDatabases.has(this)) throw new UnknownDatabaseError('The database has been closed.');
    return this.orm.driver.getConnection().getClient<unknown>();
  }

  /** The database behind an EntityManager that was picked with `using`. */
  static of(em: SqlEntityManager): Database {
    const database = databasesByDriver.get(em.getDriver());
    if (database) return database;
    throw new UnknownDatabaseError('The EntityManager belongs to a MikroORM that CoreOrmModule did not open.', {
      fix: 'Inject the EntityManager of CoreOrmModule.',
    });
  }

  /**
   * The database that models use when nobody says which: that of the work in hand, else the only one that is open.
   *
   * @throws UnknownDatabaseError when there is none, or several and the work does not belong to one.
   */
  static current(): Database {
    const current = RequestContext.current()?.get(CURRENT);
    if (current) return current;
    const [only, ...others] = openDatabases;
    if (only && others.length === 0) return only;
    throw new UnknownDatabaseError(
      only ? 'Several databases are open and the work in hand belongs to none of them.' : 'No database is open.',
      {
        fix: only
          ? 'Use an injected Manager, or runInContext(work, { database }).'
          : 'Import CoreOrmModule.forRoot() and use models once the application has started.',
      },
    );
  }

  /** Makes this the database of the work that `context` belongs to. */
  bindTo(context: RequestContext): void {
    context.set(CURRENT, this);
  }

  /**
   * The EntityManager of the work in hand: that of its transaction, else its own, forked on first use.
   *
   * @throws NoContextError outside of any work.
   */
  entityManager(): SqlEntityManager {
    const em = this.orm.em.getContext(false) as SqlEntityManager;
    if (em === this.orm.em) throw new NoContextError();
    return em;
  }

  /**
   * The EntityManager of the work in hand if one is in use already. Whoever only has to know of a transaction asks here:
   * to fork one costs more than to read a row.
   *
   * @throws NoContextError outside of any work.
   */
  usedEntityManager(): SqlEntityManager | undefined {
    const inTransaction = TransactionContext.getEntityManager(this.orm.em.name);
    if (inTransaction) return inTransaction as SqlEntityManager;
    const context = RequestContext.current();
    if (!context) throw new NoContextError();
    return context.get(this.#entityManagerKey);
  }

  /** The EntityManager outside of transactions, forked on first use; MikroORM asks for it by its `context` option. */
  contextualEntityManager(): SqlEntityManager | undefined {
    const context = RequestContext.current();
    if (!context) return undefined;
    let em = context.get(this.#entityManagerKey);
    if (!em) {
      em = this.orm.em.fork({ disableContextResolution: true });
      context.set(this.#entityManagerKey, em);
    }
    return em;
  }

  /** Answers the statement of that shape, compiling it the first time. */
  statement(model: ModelClass, shape: string, compile: () => Statement): Statement {
    let statements = this.#statements.get(model);
    if (!statements) this.#statements.set(model, (statements = new RecentMap(KEPT_STATEMENTS)));
    let statement = statements.get(shape);
    if (!statement) statements.set(shape, (statement = compile()));
    return statement;
  }

  /**
   * Tells `observer` the text of every statement that is sent from now on, those around transactions included and values
   * not; the answer is a function that ends it. Tests count queries with it.
   */
  observe(observer: QueryEcho): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Passes a statement that is about to be sent on to those who observe. */
  announce(sql: string): void {
    for (const observer of this.#observers) observer(sql);
  }

  async close(): Promise<void> {
    if (!openDatabases.delete(this)) return;
    await this.orm.close(true);
  }
}
