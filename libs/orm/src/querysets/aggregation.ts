import { types } from 'node:util';
import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ScalarKind } from '../fields/field-definition.js';
import { FIELD_TYPES } from '../fields/types/field-types.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { Aggregate } from './aggregate.js';
import type { Condition } from './condition.js';
import { givenName } from './given-arguments.js';
import { targetOf } from './lookup.js';
import { columnPath, type ColumnPath, type QueryNames } from './query-state.js';
import { relatedRows } from './related-rows.js';
import type { Scope } from './scope.js';

type Sql = RawBuilder<unknown>;

/** An aggregate whose names have been checked against a model. */
export interface Aggregation {
  readonly kind: Aggregate['kind'];
  readonly distinct: boolean;
  /** The relation to many rows that it speaks of, and how it is reached; absent for the query's own rows. */
  readonly among?: { readonly path: readonly FieldDefinition[]; readonly relation: FieldDefinition };
  /** Absent when rows are counted. */
  readonly column?: ColumnPath;
  /** The rows that are taken into account; all when absent. */
  readonly where?: Condition;
  /** Tells aggregations with different SQL apart. */
  readonly shape: string;
}

const FUNCTIONS: Readonly<Record<Aggregate['kind'], Sql>> = {
  count: sql`count`,
  sum: sql`sum`,
  avg: sql`avg`,
  min: sql`min`,
  max: sql`max`,
};
const NUMBERS: readonly ScalarKind[] = ['integer', 'float', 'bigInteger', 'decimal', 'money', 'percent'];
const DECIMALS: readonly ScalarKind[] = ['decimal', 'money', 'percent'];
/** Lookups and columns separate names by two underscores, and PostgreSQL cuts names off after 63 characters. */
const NAME = /^(?!.*__)[a-z]\w{0,49}$/i;

function isAggregate(value: unknown): value is Aggregate {
  return !types.isProxy(value) && value instanceof Aggregate;
}

/**
 * Resolves an aggregate of a query's own rows (`aggregate`).
 *
 * @throws InvalidLookupError when it names nothing, or a column of which it cannot be made.
 */
export function resolveAggregate(names: QueryNames, name: string, aggregate: Aggregate): ColumnPath {
  const { model } = names;
  if (!NAME.test(name) || name in Object.prototype || !isAggregate(aggregate))
    throw new InvalidLookupError(model.name, name, `"${name}" is given no aggregate, or is no name for one.`);
  const { kind, key, distinct } = aggregate;
  const column = key === '' && kind === 'count' ? undefined : columnPath(names, key);
  return aggregateColumn(modelDefinition(model), name, { kind, distinct, column, key });
}

/**
 * Resolves an aggregate of related rows (`annotate`).
 *
 * @throws InvalidLookupError when it leads through no relation to many rows, or its name is taken.
 */
export function resolveAnnotation(names: QueryNames, name: string, aggregate: Aggregate): ColumnPath {
  const definition = modelDefinition(names.model);
  if (!NAME.test(name) || definition.fields.has(name) || name in names.model.prototype) {
    throw new InvalidLookupError(definition.name, name, `"${name}" is taken, or is no name for an annotation.`);
  }
  if (!isAggregate(aggregate)) {
    throw new InvalidLookupError(
      definition.name,
      name,
      `"${name}" is given no aggregate.`,
      'Give Count(…), Sum(…) or the like.',
    );
  }
  const { kind, key, distinct, filter } = aggregate;
  if (filter) {
    throw new InvalidLookupError(definition.name, name, `annotate() was given a filter, which it does not take.`);
  }
  const path: FieldDefinition[] = [];
  const parts = givenName({ model: definition.name, what: 'annotate' }, key).split('__');
  let current: ModelDefinition = definition;
  for (const [index, part] of parts.entries()) {
    const relation = current.fields.get(part);
    if (!relation?.relation) break;
    current = targetOf(relation);
    if (relation.columnName) {
      path.push(relation);
      continue;
    }
    const rest = parts.slice(index + 1).join('__');
    const column = rest === '' && kind === 'count' ? undefined : columnPath({ model: current.model }, rest);
    return aggregateColumn(definition, name, { kind, distinct, column, key, among: { path, relation } });
  }
  throw new InvalidLookupError(
    definition.name,
    key,
    `annotate() was given "${key}", which leads through no relation to many rows.`,
    'Use aggregate() for columns of the query itself.',
  );
}

function aggregateColumn(
  definition: ModelDefinition,
  name: string,
  { key, ...aggregation }: Omit<Aggregation, 'shape'> & { readonly key: string },
): ColumnPath {
  const { kind, column, distinct } = aggregation;
  const source = column?.field ?? definition.keys[0];
  const scalarKind = resultKind(kind, source);
  if (scalarKind === undefined) {
    throw new InvalidLookupError(definition.name, key, `${kind} cannot be made of "${key}", a ${source.kind} field.`);
  }
  const field: FieldDefinition = {
    ...source,
    name,
    kind: scalarKind,
    scalarKind,
    columnName: undefined,
    relation: undefined,
    nullable: kind !== 'count',
    unbounded: kind === 'count' || kind === 'sum',
  };
  // A column may be an annotation itself.
  const shape = `${kind} ${distinct} ${key}${column ? ` ${describeColumn(column)}` : ''}`;
  return { key: name, path: [], field, aggregation: { ...aggregation, shape } };
}

function resultKind(kind: Aggregate['kind'], { relation, scalarKind }: FieldDefinition): ScalarKind | undefined {
  if (kind === 'count') return 'integer';
  if (relation) return undefined;
  if (kind === 'min' || kind === 'max') {
    return FIELD_TYPES[scalarKind].lookups.includes('gt') ? scalarKind : undefined;
  }
  if (!NUMBERS.includes(scalarKind)) return undefined;
  return kind === 'sum' || DECIMALS.includes(scalarKind) ? scalarKind : 'float';
}

/** Names a column so that two with the same name have the same SQL. */
export function describeColumn({ key, aggregation }: ColumnPath): string {
  return aggregation ? `${key}:${aggregation.shape}` : key;
}

/**
 * The SQL of a column, an annotation or an aggregate; joins that it needs are added to the scope.
 *
 * @param only what the rows must meet that an aggregate of the query's own rows takes into account.
 */
export function columnSql(scope: Scope, { path, field, aggregation }: Omit<ColumnPath, 'key'>, only?: Sql): Sql {
  return aggregation ? aggregationSql(scope, aggregation, only) : scope.follow(path).column(field);
}

/** Related rows are aggregated by a subquery of their own, so that they never multiply the rows of the query. */
function aggregationSql(scope: Scope, aggregation: Aggregation, only?: Sql): Sql {
  const { among } = aggregation;
  if (!among) return callSql(scope, aggregation, only);
  return scope.once(aggregation, () => {
    const related = relatedRows(scope.follow(among.path), among.relation);
    const value = callSql(related.scope, aggregation);
    const { deletedField } = related.scope.definition;
    const alive = deletedField ? sql` and ${related.scope.column(deletedField)} is null` : sql``;
    return sql`(select ${value} from ${related.from()} where ${related.tie}${alive})`;
  });
}

function callSql(scope: Scope, { kind, column, distinct }: Aggregation, only?: Sql): Sql {
  const { dialect } = scope.builder;
  const every = column && columnSql(scope, column);
  const value = only ? sql`case when ${only} then ${every ?? sql`1`} end` : every;
  const call = sql`${FUNCTIONS[kind]}(${distinct ? sql`distinct ` : sql``}${value ?? sql`*`})`;
  if (dialect === 'postgresql' && column?.field.scalarKind === 'uuid' && kind !== 'count') {
    // Only from version 18 on does it know the least of them; as texts they have the same order.
    return sql`cast(${FUNCTIONS[kind]}(cast(${value} as text)) as uuid)`;
  }
  if (dialect === 'sqlite' || kind === 'min' || kind === 'max') return call;
  if (speaksMySql(dialect) && kind === 'avg' && !DECIMALS.includes(column?.field.scalarKind ?? 'integer')) {
    // The mean of integers would be a decimal of few digits.
    return sql`avg(${distinct ? sql`distinct ` : sql``}cast(${value} as double))`;
  }
  // Servers count and sum in types that their drivers give as texts.
  const { scalarKind = 'integer', scale = 2 } = column?.field ?? {};
  if (kind === 'count') return asNumber(dialect, call);
  if (kind === 'avg' && DECIMALS.includes(scalarKind)) return sql`round(${call}, ${sql.lit(scale)})`;
  return kind === 'avg' || scalarKind === 'integer' ? asNumber(dialect, call) : call;
}

function asNumber(dialect: SqlDialect, value: Sql): Sql {
  return speaksMySql(dialect) ? sql`cast(${value} as double)` : sql`cast(${value} as double precision)`;
}
