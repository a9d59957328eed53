import { type EntityDictionary, helper } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { modelDefinition, storedFields } from '../models/model-definition.js';
import { knownInstance } from '../models/tracking.js';
import { targetOf } from './lookup.js';
import type { QueryState } from './query-state.js';
import { pathName } from './select-statement.js';

type Row = Readonly<Record<string, unknown>>;

/**
 * Makes instances of rows. An instance that the EntityManager has already is brought up to date, unless it carries
 * changes that are not saved, or only some columns were read.
 */
export function loadRows<T extends object>(
  em: SqlEntityManager,
  model: ModelClass<T>,
  rows: readonly Row[],
  partial: boolean,
): T[] {
  return rows.map((row) => loadRow(em, model, row, partial));
}

function loadRow<T extends object>(em: SqlEntityManager, model: ModelClass<T>, row: Row, partial: boolean): T {
  const [key = '', ...others] = modelDefinition(model).keys.map(({ columnName = '' }) => columnName);
  const known = knownInstance(em, model, others.length === 0 ? row[key] : [key, ...others].map((name) => row[name]));
  if (!known) return makeInstance(em, model, row);
  return known.changed || partial ? (known.row as T) : mapRow(em, model, row);
}

/** Makes an instance of a row, or brings the one up to date that the EntityManager has. */
export function mapRow<T extends object>(em: SqlEntityManager, model: ModelClass<T>, row: Row): T {
  return em.map(model, withWholeDecimals(model, row));
}

/** Makes an instance of a row that the EntityManager does not have: what `em.map` does, less what only matters for others. */
function makeInstance<T extends object>(em: SqlEntityManager, model: ModelClass<T>, row: Row): T {
  const whole = withWholeDecimals(model, row) as EntityDictionary<T>;
  const data = em.getDriver().mapResult<T>(whole, em.getMetadata().get<T>(model)) ?? {};
  const instance = em.getEntityFactory().create<T>(model, data, MERGED);
  helper(instance).__originalEntityData = em.getComparator().prepareEntity(instance);
  return instance;
}

const MERGED = { merge: true, refresh: true, convertCustomTypes: true } as const;

/** SQLite gives decimals as numbers, which drop the zeros at their end. */
function withWholeDecimals(model: ModelClass, row: Row): Row {
  const decimals = decimalsOf(model).filter(({ columnName = '' }) => typeof row[columnName] === 'number');
  if (decimals.length === 0) return row;
  const texts = decimals.map(({ columnName = '', scale = 2 }) => [columnName, Number(row[columnName]).toFixed(scale)]);
  return { ...row, ...Object.fromEntries(texts) };
}

const decimalFields = new WeakMap<ModelClass, readonly FieldDefinition[]>();

function decimalsOf(model: ModelClass): readonly FieldDefinition[] {
  let decimals = decimalFields.get(model);
  if (!decimals) {
    decimals = [...modelDefinition(model).fields.values()].filter(({ precision }) => precision !== undefined);
    decimalFields.set(model, decimals);
  }
  return decimals;
}

/** Splits off the columns of joined rows, makes instances of them, and answers what is left of each row. */
export function loadJoined(
  em: SqlEntityManager,
  rows: readonly Row[],
  joined: readonly (readonly FieldDefinition[])[],
): Row[] {
  if (joined.length === 0) return [...rows];
  return rows.map((row) => {
    const own: Record<string, unknown> = {};
    const related = new Map<string, Record<string, unknown>>(joined.map((path) => [pathName(path), {}]));
    for (const [name, value] of Object.entries(row)) {
      const dot = name.indexOf('.');
      const columns = dot < 0 ? own : related.get(name.slice(0, dot));
      if (columns) columns[name.slice(dot + 1)] = value;
    }
    for (const path of joined) {
      const last = path.at(-1);
      const columns = related.get(pathName(path));
      if (!last || !columns) continue;
      const { model, primaryKey } = targetOf(last);
      const key = columns[primaryKey.columnName ?? ''];
      if (key !== null && key !== undefined) loadRow(em, model, columns, false);
    }
    return own;
  });
}

/** The columns that are asked for, and those that an instance needs in any case. */
export function columnsToLoad(
  model: ModelClass,
  chosen?: readonly FieldDefinition[],
  joined: QueryState['joined'] = [],
): readonly FieldDefinition[] {
  const { keys, versionField } = modelDefinition(model);
  const stored = storedFields(model);
  if (!chosen) return stored;
  const needed = new Set([...chosen, ...keys, versionField, ...joined.map(([first]) => first)]);
  return stored.filter((field) => needed.has(field));
}
