import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Connections } from '../context/connections.js';
import type { Database } from '../context/database.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition, storedFields } from '../models/model-definition.js';
import { isRetargeted } from '../models/retargeting.js';
import type { Aggregation } from './aggregation.js';
import type { Condition } from './condition.js';
import { givenList, givenName } from './given-arguments.js';
import { targetOf } from './lookup.js';
import { RecentMap } from './recent-map.js';

/** A column reached by relations to one row, or a value that the database makes of several rows. */
export interface ColumnPath {
  readonly key: string;
  readonly path: readonly FieldDefinition[];
  /** The column's field; of an aggregation, one that describes its values. */
  readonly field: FieldDefinition;
  readonly aggregation?: Aggregation;
}

/** Annotations by name. */
export type AnnotationColumns = ReadonlyMap<string, ColumnPath>;

/** What the keys of lookups, orders and columns may name. */
export interface QueryNames {
  readonly model: ModelClass;
  readonly annotations?: AnnotationColumns;
  /** Whether the annotations are all there is: the rows have become groups. */
  readonly grouped?: boolean;
}

/** A column to sort by. */
export interface Order extends ColumnPath {
  readonly descending: boolean;
}

/** Everything that a QuerySet asks for. */
export interface QueryState {
  readonly where?: Condition;
  readonly order: readonly Order[];
  readonly limit?: number;
  readonly offset?: number;
  readonly distinct: boolean;
  /** The columns to load; all when absent. */
  readonly columns?: readonly FieldDefinition[];
  /** Relations to one row that are loaded by the same statement. */
  readonly joined: readonly (readonly FieldDefinition[])[];
  /** Relations that are loaded by a statement each, as paths of names. */
  readonly prefetched: readonly (readonly string[])[];
  /** Values made of related rows that are read along. */
  readonly annotations: AnnotationColumns;
  /** Whether rows that are soft-deleted match; without meaning for models that have none. */
  readonly deleted: 'without' | 'with' | 'only';
  /** Whether matching rows are locked, and what happens to those that somebody else has locked. */
  readonly lock?: 'wait' | 'skip' | 'refuse';
  readonly em?: SqlEntityManager;
  /** The databases of an application, among which the model's is looked up. */
  readonly connections?: Connections;
  /** Name of the connection, when the query says. */
  readonly connection?: string;
  /** Whether replicas are not asked. */
  readonly primary?: boolean;
  readonly database?: Database;
}

/** Stands for the order that the model declares. */
const MODEL_ORDER: readonly Order[] = [];

export const EVERYTHING: QueryState = {
  order: MODEL_ORDER,
  distinct: false,
  joined: [],
  prefetched: [],
  annotations: new Map(),
  deleted: 'without',
};

/** The models' columns as paths, so that lists of them can be told apart by identity. */
const ownPaths = new WeakMap<ModelClass, readonly ColumnPath[]>();
const knownPaths = new WeakMap<ModelClass, RecentMap<string, readonly ColumnPath[]>>();
/** The paths of lists that cannot change, which need not be read again. */
const frozenPaths = new WeakMap<
  readonly string[],
  { readonly model: ModelClass; readonly paths: readonly ColumnPath[] }
>();

/** The columns of a model's own table, or some of them. */
export function ownColumns(model: ModelClass, chosen?: readonly FieldDefinition[]): readonly ColumnPath[] {
  let paths = ownPaths.get(model);
  if (!paths) ownPaths.set(model, (paths = storedFields(model).map((field) => ({ key: field.name, path: [], field }))));
  return chosen ? paths.filter(({ field }) => chosen.includes(field)) : paths;
}

/** Follows several paths; the same list of keys gives the same list of paths, one that is frozen at once. */
export function columnPaths(names: QueryNames, keys: readonly string[]): readonly ColumnPath[] {
  const { model, annotations } = names;
  const frozen = frozenPaths.get(keys);
  if (frozen?.model === model && !annotations?.size) return frozen.paths;
  if (givenList({ model: model.name, what: 'columns' }, keys).length === 0)
    throw new InvalidLookupError(model.name, 'columns', 'no column is named.');
  if (annotations?.size) return keys.map((key) => columnPath(names, key));
  let known = knownPaths.get(model);
  if (!known) knownPaths.set(model, (known = new RecentMap(200)));
  const given = keys.map((key) => givenName({ model: model.name, what: 'the name of a column' }, key));
  // The number of names tells a list from one name with commas in it.
  const name = `${given.length}:${given.join()}`;
  let paths = known.get(name);
  if (!paths) {
    paths = keys.map((key) => columnPath(names, key));
    if (paths.some(({ path, field }) => [...path, field].some(isRetargeted))) return paths;
    known.set(name, paths);
  }
  if (Object.isFrozen(keys)) frozenPaths.set(keys, { model, paths });
  return paths;
}

/** Reads a path of relations (`comments__author`). */
export function relationPath(model: ModelClass, key: string): readonly string[] {
  const names = givenName({ model: model.name, what: 'prefetchRelated' }, key).split('__');
  let current: ModelDefinition = modelDefinition(model);
  for (const name of names) {
    const field = current.fields.get(name);
    if (!field?.relation)
      throw new InvalidLookupError(model.name, key, `"${name}" is not a relation of ${current.name}.`);
    current = targetOf(field);
  }
  return names;
}

/**
 * Follows a path (`author__name`) to a column.
 *
 * @throws InvalidLookupError when it names nothing, or leads through a relation to many rows.
 */
export function columnPath({ model, annotations, grouped }: QueryNames, key: string): ColumnPath {
  givenName({ model: model.name, what: 'the name of a column' }, key);
  const annotation = annotations?.get(key);
  if (annotation) return annotation;
  if (grouped) throw notOfGroup(model, key);
  const root = modelDefinition(model);
  const names = key.split('__');
  const path: FieldDefinition[] = [];
  let current = root;
  for (const [index, name] of names.entries()) {
    const field = current.fields.get(name);
    if (!field?.columnName) {
      const problem = field ? 'has no single value' : `is not a field of ${current.name}`;
      throw new InvalidLookupError(
        root.name,
        key,
        `"${key}" names "${name}", which ${problem}.`,
        fieldsHint(current.name, current.fields),
      );
    }
    if (index === names.length - 1) return { key, path, field };
    if (!field.relation) {
      throw new InvalidLookupError(root.name, key, `"${key}" goes on after "${name}", which is not a relation.`);
    }
    path.push(field);
    current = targetOf(field);
  }
  throw new InvalidLookupError(root.name, key, 'a column has no name.');
}

/** Reads an order key: a column's path, with a hyphen in front for the reverse. */
export function orderOf(names: QueryNames, key: string): Order {
  const descending = givenName({ model: names.model.name, what: 'orderBy' }, key).startsWith('-');
  return { ...columnPath(names, descending ? key.slice(1) : key), key, descending };
}

/** The order of the keys, in which no two rows are alike. */
export function keyOrder({ keys }: ModelDefinition): readonly Order[] {
  return keys.map((field) => ({ key: field.name, path: [], field, descending: false }));
}

/** The reverse of an order. */
export function reversedOrder(order: Order): Order {
  const { descending, key } = order;
  return { ...order, key: descending ? key.slice(1) : `-${key}`, descending: !descending };
}

/** What is said of a name that groups do not have. */
export function notOfGroup(model: ModelClass, key: string): InvalidLookupError {
  return new InvalidLookupError(
    model.name,
    key,
    `"${key}" is no aggregate of the groups.`,
    'Filter rows by their columns before groupBy().',
  );
}

const modelOrders = new WeakMap<ModelClass, readonly Order[]>();

/** What rows are sorted by: what the query says, else what the model declares. */
export function sortOrder(model: ModelClass, { order, distinct }: QueryState): readonly Order[] {
  // The order of a model's own would have to be among the columns that are told apart.
  if (order !== MODEL_ORDER || distinct) return order;
  let declared = modelOrders.get(model);
  if (!declared) {
    declared = modelDefinition(model).ordering.map((key) => orderOf({ model }, key));
    modelOrders.set(model, declared);
  }
  return declared;
}

function fieldsHint(model: string, fields: ReadonlyMap<string, FieldDefinition>): string {
  const names = [...fields.values()].filter(({ columnName }) => columnName !== undefined).map(({ name }) => name);
  return `${model} has the columns ${names.join(', ')}.`;
}
