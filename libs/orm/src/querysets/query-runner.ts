import type { SqlEntityManager } from '@mikro-orm/sql';
import { Connections } from '../context/connections.js';
import { Database, type SqlDialect } from '../context/database.js';
import type { Session } from '../context/session.js';
import { translateIntegrityError } from '../errors/integrity-errors.js';
import { InvalidLookupError, NoContextError, NoTransactionError, UnknownDatabaseError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { insertPlainRow } from '../models/plain-row.js';
import { timezone } from '../time/timezone.js';
import { annotateRows } from './annotated-rows.js';
import { type Assignment, assignmentOf } from './assignment.js';
import { type GroupState, groupStatement } from './group-statement.js';
import { givenRecord } from './given-arguments.js';
import { Links } from './links.js';
import { prefetch } from './prefetch.js';
import type { ColumnPath, QueryState } from './query-state.js';
import { columnsToLoad, loadJoined, loadRows } from './row-loader.js';
import { rowReader } from './row-reader.js';
import { type BoundStatement, type Selection, selectStatement } from './select-statement.js';
import { estimatedRows } from './row-estimate.js';
import { execute, type StatementResult, type Target } from './statement-executor.js';
import { visibleRows } from './visible-rows.js';
import { deleteStatement, updateStatement } from './write-statement.js';

type Row = Record<string, unknown>;

/** What asks for a plan instead of rows. */
const EXPLAIN: Readonly<Record<SqlDialect, string>> = {
  sqlite: 'explain query plan',
  postgresql: 'explain',
  mariadb: 'explain format=json',
  mysql: 'explain format=tree',
};

/** Asks the database what a query says; finds the database and EntityManager at the moment of asking. */
export class QueryRunner<T extends object> implements Session {
  readonly database: Database;

  constructor(
    private readonly model: ModelClass<T>,
    private readonly state: QueryState,
  ) {
    this.database = databaseOf(model, state);
  }

  get em(): SqlEntityManager {
    const { em } = this.state;
    if (!em) return this.database.entityManager();
    const current = em.getContext(false);
    if (current.global) throw new NoContextError();
    return current;
  }

  get definition(): ModelDefinition<T> {
    return modelDefinition(this.model);
  }

  async instances(): Promise<T[]> {
    const { annotations, columns, joined, prefetched } = this.state;
    const { em } = this;
    const { rows } = await this.#select<Row>(this.rowSelection());
    const load = (own: readonly Row[]) => loadRows(em, this.model, loadJoined(em, own, joined), columns !== undefined);
    const instances = annotations.size > 0 ? annotateRows(this.database.dialect, annotations, rows, load) : load(rows);
    for (const path of prefetched)
      await prefetch({ database: this.database, em, primary: this.state.primary }, this.definition, instances, path);
    return instances;
  }

  async plainRows(columns: readonly ColumnPath[], json: boolean): Promise<Row[]> {
    const { distinct, order } = this.state;
    const unselected =
      distinct && order.find(({ key }) => !columns.some((column) => column.key === key.replace(/^-/, '')));
    if (unselected) {
      throw new InvalidLookupError(
        this.definition.name,
        unselected.key,
        'distinct() rows can only be sorted by columns that are read.',
      );
    }
    const { rows } = await this.#select<Row>({ kind: 'values', columns });
    return rowReader(this.database.dialect, columns, json)(rows);
  }

  /** One row of values made of all rows that match. */
  async aggregates(columns: readonly ColumnPath[]): Promise<Row> {
    const { rows } = await this.#select<Row>({ kind: 'aggregates', columns });
    const [row = {}] = rowReader(this.database.dialect, columns, false)(rows);
    return row;
  }

  /** The rows that groups of matching rows make. */
  async groups(groups: GroupState): Promise<Row[]> {
    const { rows } = await this.#run<Row>(groupStatement(this.database, this.model, this.state, groups, false));
    return rowReader(this.database.dialect, [...groups.keys, ...groups.aggregates], false)(rows);
  }

  async countGroups(groups: GroupState): Promise<number> {
    const statement = groupStatement(this.database, this.model, this.state, groups, true);
    const { rows } = await this.#run<{ count: number | string }>(statement);
    return Number(rows[0]?.count ?? 0);
  }

  async count(): Promise<number> {
    const { rows } = await this.#select<{ count: number | string }>({ kind: 'count' });
    return Number(rows[0]?.count ?? 0);
  }

  /** How many rows the whole table has, about; `undefined` when that is unknown or not all of them are meant. */
  async estimate(): Promise<number | undefined> {
    const { state } = this;
    const isWhole = !visibleRows(this.model, state) && state.limit === undefined && state.offset === undefined;
    if (!isWhole) return undefined;
    return estimatedRows(this.#target, this.definition);
  }

  async exists(): Promise<boolean> {
    return (await this.#select({ kind: 'exists' })).rows.length > 0;
  }

  /** Writes columns of all rows that match; automatic times are written along. */
  async update(changes: object): Promise<number> {
    const assignments = this.#assignments(changes);
    if (assignments.length === 0) return 0;
    const where = visibleRows(this.model, this.state);
    const statement = updateStatement(this.database, this.model, where, assignments);
    return (await this.#write(this, statement, 'update', assignments)).affected;
  }

  /** @throws InvalidValueError or InvalidLookupError when an update could not write these changes. */
  checkChanges(changes: object): void {
    this.#assignments(changes);
  }

  /** {@link update}, which answers columns of the rows as they now are. */
  async updateReturning(changes: object, columns: readonly ColumnPath[], json: boolean): Promise<Row[]> {
    const assignments = this.#assignments(changes);
    if (assignments.length === 0) return this.plainRows(columns, json);
    const where = visibleRows(this.model, this.state);
    const statement = updateStatement(this.database, this.model, where, assignments, columns);
    const { rows } = await this.#write(this.#target, statement, 'update', assignments);
    return rowReader(this.database.dialect, columns, json)(rows);
  }

  /** Stores a new row without making an instance of it. */
  async insert(values: object, columns: readonly ColumnPath[], json: boolean): Promise<Row> {
    const row = await insertPlainRow(this.#target, this.definition, values, columns);
    return rowReader(this.database.dialect, columns, json)([row])[0] ?? row;
  }

  async delete(): Promise<number> {
    const where = visibleRows(this.model, this.state);
    return (await this.#write(this, deleteStatement(this.database, this.model, where), 'delete', [])).affected;
  }

  links(em: SqlEntityManager, relation: string): Links {
    return new Links({ database: this.database, em, primary: this.state.primary }, this.definition, relation);
  }

  sql(): { readonly sql: string; readonly parameters: readonly unknown[] } {
    const { statement, values } = selectStatement(this.database, this.model, this.state, this.rowSelection());
    return { sql: statement.query.sql, parameters: statement.slots.map((slot) => values[slot]) };
  }

  /** The database's plan for reading the rows, one line a step. */
  async plan(): Promise<string[]> {
    const { statement, values } = selectStatement(this.database, this.model, this.state, this.rowSelection());
    const { dialect } = this.database;
    const ask = EXPLAIN[dialect];
    const query = { ...statement.query, sql: `${ask} ${statement.query.sql}` };
    const { rows } = await this.#run<Row>({ statement: { ...statement, query }, values });
    return rows.flatMap((row) => String(row.detail ?? row['QUERY PLAN'] ?? row.EXPLAIN).split('\n'));
  }

  rowSelection(): Selection {
    const { annotations, columns, joined } = this.state;
    return { kind: 'rows', columns: columnsToLoad(this.model, columns, joined), joined, annotations };
  }

  #select<R>(selection: Selection): Promise<StatementResult<R>> {
    if (this.state.lock) this.#checkLock();
    return this.#run(selectStatement(this.database, this.model, this.state, selection));
  }

  #run<R>({ statement, values }: BoundStatement): Promise<StatementResult<R>> {
    return execute<R>(this.#target, statement, values);
  }

  /** Where statements go that need an EntityManager only for its transaction. */
  get #target(): Target {
    const { database } = this;
    const { em, primary } = this.state;
    return { database, em: em ? this.em : database.usedEntityManager(), primary };
  }

  #assignments(changes: object): readonly Assignment[] {
    const asked = { model: this.definition.name, what: 'update' };
    const given = Object.entries(givenRecord(asked, changes)).filter(([, value]) => value !== undefined);
    if (given.length === 0) return [];
    const { definition } = this;
    const now = timezone.now();
    const automatic = [...definition.fields.values()].filter(
      ({ auto, name }) => auto === 'update' && !given.some(([key]) => key === name),
    );
    const entries = [...given, ...automatic.map(({ name }): [string, unknown] => [name, now])];
    return entries.map(([name, value]) => assignmentOf(definition, name, value));
  }

  #checkLock(): void {
    if (this.state.distinct) {
      throw new InvalidLookupError(this.definition.name, 'selectForUpdate', 'distinct() rows cannot be locked.');
    }
    if (this.em.getTransactionContext() !== undefined) return;
    throw new NoTransactionError('selectForUpdate() was asked outside of a transaction.', {
      fix: 'Wrap the work in atomic().',
    });
  }

  async #write(
    target: Target,
    { statement, values }: BoundStatement,
    operation: 'update' | 'delete',
    assignments: readonly Assignment[],
  ): Promise<StatementResult<Row>> {
    const { definition } = this;
    const fields = assignments.map(({ field }) => field);
    try {
      return await execute<Row>(target, statement, values);
    } catch (error) {
      const written = assignments.map(({ value = null }) => value);
      throw await translateIntegrityError(target, error, { definition, operation, fields, values: written });
    }
  }
}

function databaseOf(model: ModelClass, { em, database, connections, connection }: QueryState): Database {
  if (em) return Database.of(em);
  if (connection === undefined) return database ?? connections?.of(model) ?? Database.forModel(model);
  const named = (database?.connections ?? connections ?? Connections.current()).get(connection);
  if (named.serves(model)) return named;
  throw new UnknownDatabaseError(`${model.name} has no table on the connection "${connection}".`, {
    fix: `List ${model.name} in the models of that connection's forRoot().`,
  });
}
