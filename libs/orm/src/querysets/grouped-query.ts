import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import type { Aggregates } from './aggregate.js';
import type { AggregateValues, CheckedAggregates } from './aggregate-types.js';
import { resolveAggregates } from './aggregate-columns.js';
import { type Condition, conditionOf, type DynamicLookups } from './condition.js';
import { DATE_PARTS, type DatePart } from './date-part.js';
import { givenName } from './given-arguments.js';
import type { GroupKey, GroupState } from './group-statement.js';
import type { CheckedGroupLookups, GroupOrder } from './group-types.js';
import { type CheckedClause, type Clause, isClause } from './q.js';
import { QueryRunner } from './query-runner.js';
import { columnPath, type ColumnPath, type QueryNames, type QueryState } from './query-state.js';

/**
 * Rows of a model in groups, made by `groupBy`: immutable, and sent only when something is asked of it. Its rows are
 * plain data: the keys of the group and its aggregates. `T` is the model, `R` a group's row, `A` its aggregates.
 */
export class GroupedQuery<T extends object, R, A = unknown> {
  constructor(
    private readonly model: ModelClass<T>,
    private readonly rows: QueryState,
    private readonly groups: GroupState,
  ) {}

  /** Adds values made of the rows of each group (`{ posts: Count(), views: Sum('viewsCount') }`). */
  annotate<const S extends Aggregates>(
    aggregates: S & CheckedAggregates<T, S>,
  ): GroupedQuery<T, R & AggregateValues<T, S>, A & AggregateValues<T, S>> {
    const names: QueryNames = { model: this.model, annotations: this.rows.annotations };
    const taken = new Set([...this.groups.keys, ...this.groups.aggregates].map(({ key }) => key));
    const added = resolveAggregates(names, aggregates);
    const twice = added.find(({ key }) => taken.has(key));
    if (twice) throw this.#wrong(twice.key, `"${twice.key}" names a column of the group already.`);
    return new GroupedQuery(this.model, this.rows, {
      ...this.groups,
      aggregates: [...this.groups.aggregates, ...added],
    });
  }

  /** Keeps the groups whose aggregates meet all lookups; filter rows before `groupBy`. */
  filter<const W extends DynamicLookups>(lookups: W & CheckedGroupLookups<A, W>): GroupedQuery<T, R, A>;
  filter<W>(clause: Clause<W> & CheckedClause<A, W>): GroupedQuery<T, R, A>;
  filter(condition: DynamicLookups | Clause<unknown>): GroupedQuery<T, R, A> {
    if (this.groups.limit !== undefined || this.groups.offset !== undefined) {
      throw this.#wrong('filter', 'filter() cannot follow limit() or offset().');
    }
    const names: QueryNames = {
      model: this.model,
      grouped: true,
      annotations: new Map(this.groups.aggregates.map((column) => [column.key, resultColumn(column)])),
    };
    const added = isClause(condition)
      ? condition.conditionFor(this.model, names)
      : conditionOf(this.model, condition, names);
    const { having } = this.groups;
    const both: Condition = having ? { kind: 'and', parts: [having, added] } : added;
    return new GroupedQuery(this.model, this.rows, { ...this.groups, having: both });
  }

  /** Sorts by keys of the group and aggregates, a hyphen reverses; replaces an earlier order. */
  orderBy(...names: GroupOrder<R>[]): GroupedQuery<T, R, A> {
    const columns = [...this.groups.keys, ...this.groups.aggregates];
    const order = names.map((key) => {
      const descending = givenName({ model: this.model.name, what: 'orderBy' }, key).startsWith('-');
      const column = columns.find((known) => known.key === (descending ? key.slice(1) : key));
      if (!column) throw this.#wrong(key, `groups cannot be sorted by "${key}", which is not read.`);
      return { ...resultColumn(column), key, descending };
    });
    return new GroupedQuery(this.model, this.rows, { ...this.groups, order });
  }

  limit(limit: number): GroupedQuery<T, R, A> {
    return new GroupedQuery(this.model, this.rows, { ...this.groups, limit: this.#checkedCount('limit', limit) });
  }

  offset(offset: number): GroupedQuery<T, R, A> {
    return new GroupedQuery(this.model, this.rows, { ...this.groups, offset: this.#checkedCount('offset', offset) });
  }

  /** The groups in order. */
  async all(): Promise<R[]> {
    return (await this.#runner().groups(this.groups)) as R[];
  }

  /** The first group in order, or `null`. */
  async first(): Promise<R | null> {
    const { limit = 1 } = this.groups;
    const [row] = await this.limit(Math.min(limit, 1)).all();
    return row ?? null;
  }

  /** How many groups there are. */
  async count(): Promise<number> {
    return this.#runner().countGroups(this.groups);
  }

  #runner(): QueryRunner<T> {
    return new QueryRunner(this.model, this.rows);
  }

  #checkedCount(what: string, count: number): number {
    if (Number.isSafeInteger(count) && count >= 0) return count;
    throw this.#wrong(what, `${what} takes a whole number from 0 on.`);
  }

  #wrong(key: string, problem: string): InvalidLookupError {
    return new InvalidLookupError(this.model.name, key, problem);
  }
}

/**
 * Resolves what rows are to be grouped by.
 *
 * @throws InvalidLookupError when it names no column, or one whose values cannot be told apart.
 */
export function groupKeyOf(names: QueryNames, key: string): GroupKey {
  const end = givenName({ model: names.model.name, what: 'groupBy' }, key).lastIndexOf('__');
  const part = end > 0 ? DATE_PARTS.find((known) => known === key.slice(end + 2)) : undefined;
  const whole = part && columnPath(names, key.slice(0, end));
  // A related model may have a column that is called like a part.
  if (!part || !whole || whole.field.relation) {
    const column = columnPath(names, key);
    if (column.field.scalarKind === 'json') throw unfitKey(names, column);
    return { ...column, source: column.field };
  }
  const { field: source } = whole;
  const fits = source.scalarKind === 'datetime' || (source.scalarKind === 'date' && part !== 'hour');
  if (!fits) throw unfitKey(names, { key, field: source });
  return { ...whole, key, source, part, field: partField(source, part) };
}

function unfitKey({ model }: QueryNames, { key, field }: Pick<ColumnPath, 'key' | 'field'>): InvalidLookupError {
  return new InvalidLookupError(model.name, key, `rows cannot be grouped by "${key}", a ${field.kind} field.`);
}

function partField(source: FieldDefinition, part: DatePart): FieldDefinition {
  const scalarKind = part === 'date' ? 'date' : 'integer';
  return { ...source, kind: scalarKind, scalarKind };
}

/** A column of the groups themselves, where its expression has become a name. */
function resultColumn({ key, field }: ColumnPath): ColumnPath {
  return { key, path: [], field: { ...field, name: key, columnName: key, relation: undefined, nullable: true } };
}
