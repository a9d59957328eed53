import { createHash } from 'node:crypto';
import { type CompiledQuery, Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';

/** SQL text ready to run again and again with other values. */
export interface Statement {
  readonly query: CompiledQuery;
  /** Which of the given values stands at each placeholder. */
  readonly slots: readonly number[];
  /**
   * Name under which a database may keep it prepared; the same text always has the same name. Without one it is planned
   * for the values of each run.
   */
  readonly name: string | undefined;
}

/** How a statement is to be run. */
export interface StatementTraits {
  /**
   * Whether it looks at all matching rows, however many. PostgreSQL soon runs a prepared statement by one plan for all
   * values, which expects a third of the table from `viewsCount__gte: 0`; where the whole answer is a few numbers, a plan
   * for the values at hand costs next to nothing beside the rows.
   */
  readonly looksAtAll?: boolean;
}

/** Stands in the tree for a value that is only known when the statement runs. */
class Slot {
  constructor(readonly index: number) {}
}

/** Builds the SQL of one statement; every value becomes a numbered slot, never text. */
export class StatementBuilder {
  #slots = 0;
  #aliases = 0;

  constructor(
    readonly dialect: SqlDialect,
    private readonly kysely: Kysely<unknown>,
  ) {}

  /** The place of the next value; values are handed over in the order in which places were taken. */
  slot(): RawBuilder<unknown> {
    return sql.val(new Slot(this.#slots++));
  }

  alias(): string {
    return `t${this.#aliases++}`;
  }

  build(tree: RawBuilder<unknown>, { looksAtAll = false }: StatementTraits = {}): Statement {
    const query = tree.compile(this.kysely);
    const slots = query.parameters.map((parameter) => {
      if (parameter instanceof Slot) return parameter.index;
      throw new TypeError('a statement holds a value that is not a slot');
    });
    const digest = createHash('sha1').update(query.sql).digest('hex');
    return { query, slots, name: looksAtAll && slots.length > 0 ? undefined : `core_${digest.slice(0, 24)}` };
  }
}
