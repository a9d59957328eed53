import { type RawBuilder, sql } from 'kysely';
import type { FieldDefinition } from '../fields/field-definition.js';
import type { ModelDefinition } from '../models/model-definition.js';
import { targetOf } from './lookup.js';
import type { StatementBuilder } from './statement.js';

/** How a {@link Scope} hangs together with others. */
interface ScopeOptions {
  /** The scope that joins the table. */
  readonly parent?: Scope;
  readonly optional?: boolean;
  readonly root?: Scope;
}

/** A table in a statement under its alias, with the tables joined to it by relations to one row. */
export class Scope {
  readonly alias: string;
  /** The scope of the query itself, where this one belongs to a subquery or a joined table. */
  readonly root: Scope;
  readonly #joined = new Map<string, Scope>();
  readonly #joins: RawBuilder<unknown>[];
  readonly #subqueries = new Map<object, RawBuilder<unknown>>();
  /** Whether the table may contribute no row. */
  readonly #optional: boolean;

  constructor(
    readonly builder: StatementBuilder,
    readonly definition: ModelDefinition,
    { parent, optional = false, root = parent?.root }: ScopeOptions = {},
  ) {
    this.alias = builder.alias();
    this.root = root ?? this;
    this.#joins = parent ? parent.#joins : [];
    this.#optional = optional;
  }

  column({ columnName = '' }: FieldDefinition): RawBuilder<unknown> {
    return sql.id(this.alias, columnName);
  }

  /** The scope at the end of a path of relations to one row; tables are joined once, however often they are asked for. */
  follow(path: readonly FieldDefinition[]): Scope {
    return path.reduce<Scope>((scope, field) => scope.#join(field), this);
  }

  /** `table as alias` and all joins, for the `from` clause. */
  from(): RawBuilder<unknown> {
    return sql.join([sql`${sql.table(this.definition.tableName)} as ${sql.id(this.alias)}`, ...this.#joins], sql` `);
  }

  /** The subquery of that name: made once, so that the database can see where two are the same. */
  once(name: object, make: () => RawBuilder<unknown>): RawBuilder<unknown> {
    const known = this.#subqueries.get(name) ?? make();
    this.#subqueries.set(name, known);
    return known;
  }

  get hasJoins(): boolean {
    return this.#joins.length > 0;
  }

  #join(field: FieldDefinition): Scope {
    const known = this.#joined.get(field.name);
    if (known) return known;
    const optional = this.#optional || field.nullable;
    const scope = new Scope(this.builder, targetOf(field), { parent: this, optional });
    const table = sql`${sql.table(scope.definition.tableName)} as ${sql.id(scope.alias)}`;
    const on = sql`${scope.column(scope.definition.primaryKey)} = ${this.column(field)}`;
    this.#joins.push(optional ? sql`left join ${table} on ${on}` : sql`inner join ${table} on ${on}`);
    this.#joined.set(field.name, scope);
    return scope;
  }
}
