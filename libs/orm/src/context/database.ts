import { ContextKey, RequestContext } from '@core-framework/common';
import type { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver, SqlEntityManager } from '@mikro-orm/sql';
import type { Kysely } from 'kysely';
import type { QueryEcho } from '../databases/query-echo.js';
import { NoContextError, UnknownDatabaseError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { RecentMap } from '../querysets/recent-map.js';
import type { Statement } from '../querysets/statement.js';
import { transactionOf } from '../transactions/transaction-scope.js';
import { Connections } from './connections.js';
import type { Replicas } from './replicas.js';
import { NO_SIGNALS, type Signals } from './signals.js';

/** The databases whose SQL the QuerySets speak. */
export type SqlDialect = 'sqlite' | 'postgresql' | 'mariadb' | 'mysql';

/** Statements that are kept per model; a QuerySet built from user input has only as many shapes as keys are allowed. */
const KEPT_STATEMENTS = 500;

const databasesByDriver = new WeakMap<object, Database>();

/** What is known of a database when it is opened. */
export interface DatabaseParts {
  readonly orm: MikroORM<AbstractSqlDriver>;
  readonly dialect: SqlDialect;
  /** Names it for people, without user and password. */
  readonly description: string;
  /** Whether statements are sent by name, which connection poolers in transaction mode do not support. */
  readonly preparedStatements: boolean;
  /** Name of the connection. */
  readonly name: string;
  /** The databases of the application that it belongs to. */
  readonly connections: Connections;
  readonly models: readonly ModelClass[];
  readonly replicas?: Replicas;
  readonly signals?: Signals;
}

/** An open database: MikroORM, and what the QuerySets keep beside it. */
export class Database {
  readonly orm: MikroORM<AbstractSqlDriver>;
  readonly dialect: SqlDialect;
  /** Names it for people, without user and password. */
  readonly description: string;
  /** Whether statements are sent by name. */
  readonly preparedStatements: boolean;
  /** Name of the connection. */
  readonly name: string;
  /** The databases of the application that it belongs to. */
  readonly connections: Connections;
  /** The models that have a table here. */
  readonly models: readonly ModelClass[];
  /** The copies of the database that are read from, when there are any. */
  readonly replicas: Replicas | undefined;
  /** Tells the other processes that use it that there is something to look at. */
  readonly signals: Signals;
  readonly #entityManagerKey = new ContextKey<SqlEntityManager>('orm:entity-manager');
  readonly #statements = new Map<ModelClass, RecentMap<string, Statement>>();
  readonly #observers = new Set<QueryEcho>();
  #open = true;

  constructor({
    orm,
    dialect,
    description,
    preparedStatements,
    name,
    connections,
    models,
    replicas,
    signals,
  }: DatabaseParts) {
    this.orm = orm;
    this.dialect = dialect;
    this.description = description;
    this.preparedStatements = preparedStatements;
    this.name = name;
    this.connections = connections;
    this.models = models;
    this.replicas = replicas;
    this.signals = signals ?? NO_SIGNALS;
    databasesByDriver.set(orm.driver, this);
    connections.add(this);
  }

  /** Compiles and runs SQL on this database, outside of transactions. */
  get kysely(): Kysely<unknown> {
    // MikroORM would quietly connect again.
    if (!this.#open) throw new UnknownDatabaseError('The database has been closed.');
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
   * The database that is meant when nobody says which: that of the work in hand, else the default connection of the
   * only application that is open.
   *
   * @throws UnknownDatabaseError when there is none, or the work in hand belongs to none of several.
   */
  static current(): Database {
    const { connections, database } = Connections.place();
    return database ?? connections.main;
  }

  /** The database of a model's rows in the work in hand. @throws UnknownDatabaseError like {@link current}. */
  static forModel(model: ModelClass): Database {
    const { connections, database } = Connections.place();
    return database?.serves(model) ? database : connections.of(model);
  }

  /** Makes this the database of the work that `context` belongs to. */
  bindTo(context: RequestContext): void {
    this.connections.bindTo(context, this);
  }

  /** Whether the model has a table here. */
  serves(model: ModelClass): boolean {
    return this.orm.getMetadata().has(model);
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
    const inTransaction = transactionOf(this.orm.em.name);
    if (inTransaction) return inTransaction;
    const context = RequestContext.current();
    if (!context) throw new NoContextError();
    return context.get(this.#entityManagerKey);
  }

  /** The EntityManager that MikroORM asks for by its `context` option: of an outer transaction, else of the work in hand. */
  contextualEntityManager(): SqlEntityManager | undefined {
    const inTransaction = transactionOf(this.orm.em.name);
    if (inTransaction) return inTransaction;
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
    if (!this.#open) return;
    this.#open = false;
    this.connections.remove(this);
    await this.signals.close();
    await Promise.all([this.orm.close(true), this.replicas?.close()]);
  }
}
