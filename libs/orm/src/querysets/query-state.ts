import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Database } from '../context/database.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition, storedFields } from '../models/model-definition.js';
import type { Condition } from './condition.js';
import { targetOf } from './lookup.js';
import { RecentMap } from './recent-map.js';

/** A column reached by relations to one row. */
export interface ColumnPath {
  readonly key: string;
  readonly path: readonly FieldDefinition[];
  readonly field: FieldDefinition;
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
  readonly em?: SqlEntityManager;
  readonly database?: Database;
}

export const EVERYTHING: QueryState = { order: [], distinct: false, joined: [], prefetched: [] };

/** The models' columns as paths, so that lists of them can be told apart by identity. */
const ownPaths = new WeakMap<ModelClass, readonly ColumnPath[]>();
const knownPaths = new WeakMap<ModelClass, RecentMap<string, readonly ColumnPath[]>>();

/** The columns of a model's own table, or some of them. */
export function ownColumns(model: ModelClass, chosen?: readonly FieldDefinition[]): readonly ColumnPath[] {
  let paths = ownPaths.get(model);
  if (!paths) ownPaths.set(model, (paths = storedFields(model).map((field) => ({ key: field.name, path: [], field }))));
  return chosen ? paths.filter(({ field }) => chosen.includes(field)) : paths;
}

/** Follows several paths; the same list of keys gives the same list of paths. */
export function columnPaths(model: ModelClass, keys: readonly string[]): readonly ColumnPath[] {
  let known = knownPaths.get(model);
  if (!known) knownPaths.set(model, (known = new RecentMap(200)));
  const name = keys.join();
  let paths = known.get(name);
  if (!paths) known.set(name, (paths = keys.map((key) => columnPath(model, key))));
  return paths;
}

/** Reads a path of relations (`comments__author`). */
export function relationPath(model: ModelClass, key: string): readonly string[] {
  const names = key.split('__');
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
export function columnPath(model: ModelClass, key: string): ColumnPath {
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
export function orderOf(model: ModelClass, key: string): Order {
  const descending = key.startsWith('-');
  return { ...columnPath(model, descending ? key.slice(1) : key), key, descending };
}

function fieldsHint(model: string, fields: ReadonlyMap<string, FieldDefinition>): string {
  const names = [...fields.values()].filter(({ columnName }) => columnName !== undefined).map(({ name }) => name);
  return `${model} has the columns ${names.join(', ')}.`;
}
