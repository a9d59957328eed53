import { sql } from 'kysely';
import type { Session } from '../context/session.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import { ForeignKeyViolationError, InvalidLookupError } from '../errors/orm.errors.js';
import { isForeignKeyViolation } from '../errors/violations.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { FIELD_TYPES } from '../fields/types/field-types.js';
import { linkTableOf } from '../models/link-table.js';
import type { ModelDefinition } from '../models/model-definition.js';
import { columnReader } from './column-reader.js';
import { keyOf } from './condition.js';
import { givenList, givenName } from './given-arguments.js';
import { inList, listValue } from './list-membership.js';
import { targetOf } from './lookup.js';
import { type Statement, StatementBuilder } from './statement.js';
import { execute } from './statement-executor.js';

/** What one statement adds; more would overrun the placeholders that a database allows. */
const PAIRS_AT_ONCE = 500;

/** A pair of a many-to-many relation: the key of the row it starts from, and the key of the one it leads to. */
export type Link = readonly [own: unknown, target: unknown];

/** The pairs of a many-to-many relation, for rows of one model. */
export class Links {
  readonly #field: FieldDefinition;

  /** @throws InvalidLookupError when the model has no many-to-many relation of that name. */
  constructor(
    private readonly session: Session,
    private readonly definition: ModelDefinition,
    name: string,
  ) {
    const field = definition.fields.get(givenName({ model: definition.name, what: 'the name of a relation' }, name));
    if (field?.relation?.kind !== 'manyToMany') {
      throw new InvalidLookupError(definition.name, name, `"${name}" is not a many-to-many relation.`);
    }
    this.#field = field;
  }

  /** The pairs that start from the given rows, those of one row in the order of the keys they lead to. */
  async of(keys: readonly unknown[], limit?: number): Promise<Link[]> {
    const { dialect } = this.session.database;
    const own = this.definition.primaryKey;
    const target = targetOf(this.#field).primaryKey;
    const [ownKey, targetKey] = [columnReader(dialect, own), columnReader(dialect, target)];
    const values = [listValue(dialect, this.#checked(keys, own)), ...(limit === undefined ? [] : [limit])];
    const statement = this.#selection(limit !== undefined);
    const { rows } = await execute<{ own: unknown; target: unknown }>(this.session, statement, values);
    return rows.map((row) => [ownKey(row.own), targetKey(row.target)]);
  }

  /** Keys of rows, as rows or keys, on the side that the relation starts from and on the other. @throws InvalidLookupError */
  check(own: unknown, targets: unknown): void {
    this.#checked(own, this.definition.primaryKey);
    const given = givenList({ model: this.definition.name, what: this.#field.name }, targets);
    this.#checked(given.map(keyOf), targetOf(this.#field).primaryKey);
  }

  /**
   * Makes the given rows the ones that `key` is linked to: missing pairs are added, superfluous ones removed. Answers
   * whether there were any.
   */
  async set(key: unknown, targets: readonly unknown[]): Promise<boolean> {
    const wanted = new Set(this.#checked(targets.map(keyOf), targetOf(this.#field).primaryKey));
    const present = new Set((await this.of([key])).map(([, target]) => target));
    const removed = [...present].filter((target) => !wanted.has(target));
    const added = [...wanted].filter((target) => !present.has(target));
    if (removed.length > 0) await this.remove(key, removed);
    await this.add(added.map((target) => [key, target]));
    return removed.length + added.length > 0;
  }

  /** Removes pairs that start from `key`; answers how many there were. */
  async remove(key: unknown, targets: readonly unknown[]): Promise<number> {
    const keys = this.#checked(targets.map(keyOf), targetOf(this.#field).primaryKey);
    const values = [key, listValue(this.session.database.dialect, keys)];
    return (await execute(this.session, this.#removal(), values)).affected;
  }

  /** Adds pairs that do not exist yet, by as few statements as possible. */
  async add(pairs: readonly Link[]): Promise<void> {
    this.check(
      pairs.map(([own]) => own),
      pairs.map(([, target]) => target),
    );
    try {
      for (let start = 0; start < pairs.length; start += PAIRS_AT_ONCE) {
        const chunk = pairs.slice(start, start + PAIRS_AT_ONCE);
        await execute(this.session, this.#addition(chunk.length), chunk.flat());
      }
    } catch (error) {
      if (!isForeignKeyViolation(this.session.database.dialect, error)) throw error;
      throw new ForeignKeyViolationError(this.definition.name, [this.#field.name], error);
    }
  }

  #selection(isLimited: boolean): Statement {
    const { name, ownColumn, targetColumn } = linkTableOf(this.definition, this.#field);
    return this.#statement(isLimited ? 'some links' : 'links', (builder) => {
      const [own, target] = [sql.id(ownColumn), sql.id(targetColumn)];
      const condition = inList(builder, own, this.definition.primaryKey);
      const pairs = sql`select ${own} as ${sql.id('own')}, ${target} as ${sql.id('target')} from ${sql.table(name)} where ${condition} order by ${own}, ${target}`;
      return isLimited ? sql`${pairs} limit ${builder.slot()}` : pairs;
    });
  }

  #removal(): Statement {
    const { name, ownColumn, targetColumn } = linkTableOf(this.definition, this.#field);
    return this.#statement('unlink', (builder) => {
      const own = sql`${sql.id(ownColumn)} = ${builder.slot()}`;
      return sql`delete from ${sql.table(name)} where ${own} and ${inList(builder, sql.id(targetColumn), targetOf(this.#field).primaryKey)}`;
    });
  }

  #addition(pairs: number): Statement {
    const { name, ownColumn, targetColumn } = linkTableOf(this.definition, this.#field);
    const columns = sql`${sql.id(ownColumn)}, ${sql.id(targetColumn)}`;
    return this.#statement(`link ${pairs}`, (builder) => {
      const tuples = Array.from({ length: pairs }, () => sql`(${builder.slot()}, ${builder.slot()})`);
      // Somebody else may have added a pair since it was looked for.
      const own = sql.id(ownColumn);
      const kept = speaksMySql(builder.dialect)
        ? sql`on duplicate key update ${own} = ${own}`
        : sql`on conflict do nothing`;
      return sql`insert into ${sql.table(name)} (${columns}) values ${sql.join(tuples)} ${kept}`;
    });
  }

  #statement(kind: string, tree: (builder: StatementBuilder) => ReturnType<typeof sql>): Statement {
    const { database } = this.session;
    return database.statement(this.definition.model, `${kind} ${this.#field.name}`, () => {
      const builder = new StatementBuilder(database.dialect, database.kysely);
      return builder.build(tree(builder));
    });
  }

  #checked(keys: unknown, field: FieldDefinition): readonly unknown[] {
    const { name, scalarKind } = field;
    const list = givenList({ model: this.definition.name, what: this.#field.name }, keys);
    if (list.every((key) => FIELD_TYPES[scalarKind].accepts(key, field))) return list;
    throw new InvalidLookupError(
      this.definition.name,
      this.#field.name,
      `"${this.#field.name}" was given a key that no ${name} can be.`,
    );
  }
}
