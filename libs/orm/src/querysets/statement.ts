import { createHash } from 'node:crypto';
import { CompiledQuery, Kysely, type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';

/** SQL text ready to run again and again with other values. */
export interface Statement {
  readonly query: CompiledQuery;
  /** Which of the given values stands at each placeholder. */
  readonly slots: readonly number[];
  /** Whether that is each value once, in the order in which they are given. */
  readonly takesInOrder: boolean;
  /**
   * Name under which a database may keep it prepared; the same text always has the same name. Without one it is planned
   * for the values of each run.
   */
  readonly name: string | undefined;
  /** Whether all who wait for a connection with the same values may be given one answer. */
  readonly isShared: boolean;
}

/** How a statement is to be run. */
export interface StatementTraits {
  /**
   * Whether it looks at all matching rows, however many. PostgreSQL soon runs a prepared statement by one plan for all
   * values, which expects a third of the table from `viewsCount__gte: 0`; where the whole answer is a few numbers, a plan
   * for the values at hand costs next to nothing beside the rows.
   */
  readonly looksAtAll?: boolean;
  /** Whether it answers a bare number, which can be given to several who ask for it: none can change it for the others. */
  readonly isNumber?: boolean;
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

  build(tree: RawBuilder<unknown>, { looksAtAll = false, isNumber = false }: StatementTraits = {}): Statement {
    const query = tree.compile(this.kysely);
    const slots = query.parameters.map((parameter) => {
      if (parameter instanceof Slot) return parameter.index;
      throw new TypeError('a statement holds a value that is not a slot');
    });
    const takesInOrder = slots.length === this.#slots && slots.every((slot, index) => slot === index);
    const name = looksAtAll && slots.length > 0 ? undefined : nameOfText(query.sql);
    return { query, slots, takesInOrder, name, isShared: isNumber };
  }

  /**
   * An insertion of many rows. Its text is put together from a beginning and an end without places and the places of the
   * rows between them: to compile a tree of thousands of them takes longer than to store the rows.
   */
  buildRows(
    beginning: RawBuilder<unknown>,
    shape: { rows: number; columns: number },
    end: RawBuilder<unknown>,
  ): Statement {
    const { rows, columns } = shape;
    const place = this.dialect === 'postgresql' ? (index: number) => `$${index + 1}` : () => '?';
    const tuples = Array.from({ length: rows }, (_row, row) => {
      const places = Array.from({ length: columns }, (_column, column) => place(row * columns + column));
      return `(${places.join(', ')})`;
    });
    const textOf = (tree: RawBuilder<unknown>) => this.build(tree).query.sql;
    const text = `${textOf(beginning)}${tuples.join(', ')}${textOf(end)}`;
    const slots = Array.from({ length: rows * columns }, (_slot, index) => index);
    return { query: CompiledQuery.raw(text), slots, takesInOrder: true, name: nameOfText(text), isShared: false };
  }
}

function nameOfText(text: string): string {
  return `core_${createHash('sha1').update(text).digest('hex').slice(0, 24)}`;
}
