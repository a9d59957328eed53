import { types } from 'node:util';
import { Reference } from '@mikro-orm/core';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { FIELD_TYPES } from '../fields/types/field-types.js';
import type { LookupName } from '../fields/types/field-type.js';
import { isModel, modelDefinition, primaryKeyOf } from '../models/model-definition.js';
import { isExpression } from './expression.js';
import { givenRecord } from './given-arguments.js';
import type { TextSearch } from './full-text.js';
import { annotationLookup, type Lookup, resolveLookup } from './lookup.js';
import { isComparable, type Operand, resolveOperand } from './operand.js';
import { notOfGroup, type QueryNames } from './query-state.js';

/** One comparison with its values, checked against the field. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly lookup: Lookup;
  /** `null` asks for empty columns, `values` for a comparison, `nothing` for no row at all (an empty `in`). */
  readonly form: 'null' | 'notNull' | 'values' | 'operand' | 'nothing';
  readonly values: readonly unknown[];
  /** What it is compared with in the form `operand`. */
  readonly operand?: Operand;
}

/** Rows of which at least one related row meets a condition. */
export interface Existence {
  readonly kind: 'exists';
  readonly path: readonly FieldDefinition[];
  readonly relation: FieldDefinition;
  readonly where: Condition;
}

/** A condition as a tree, independent of the database and of values' storage. */
export type Condition =
  | Comparison
  | Existence
  | TextSearch
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition };

/** Lookups whose keys are only known at run time. */
export type DynamicLookups = Readonly<Record<string, unknown>>;

/** The comparisons that take a column or a computation. */
const EXPRESSION_LOOKUPS: readonly LookupName[] = ['exact', 'gt', 'gte', 'lt', 'lte'];

/**
 * Makes a condition of lookups, all of which must hold. Those that lead through the same relation to many rows speak
 * of the same related row. Expressions among the values speak of the row of `names`, also behind such a relation.
 *
 * @throws InvalidLookupError before any SQL, when a key or a value is wrong.
 */
export function conditionOf(model: ModelClass, given: DynamicLookups, names: QueryNames = { model }): Condition {
  const lookups = givenRecord({ model: model.name, what: 'filter' }, given);
  const annotations = names.model === model ? names.annotations : undefined;
  const parts: Condition[] = [];
  const among = new Map<string, { lookup: Lookup; relation: FieldDefinition; rest: Record<string, unknown> }>();
  for (const key of Object.keys(lookups)) {
    const annotation = annotations?.get(key.split('__', 1)[0] ?? '');
    if (names.grouped && !annotation) throw notOfGroup(model, key);
    const lookup = annotation ? annotationLookup(model, annotation, key) : resolveLookup(model, key);
    if (!lookup.many) {
      parts.push(comparisonOf(lookup, lookups[key], names));
      continue;
    }
    const { relation, rest } = lookup.many;
    const trail = [...lookup.path, relation].map(({ name }) => name).join('__');
    const group = among.get(trail) ?? { lookup, relation, rest: Object.create(null) as Record<string, unknown> };
    group.rest[rest] = lookups[key];
    among.set(trail, group);
  }
  for (const { lookup, relation, rest } of among.values()) parts.push(existenceOf(lookup, relation, rest, names));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
}

function existenceOf(lookup: Lookup, relation: FieldDefinition, rest: DynamicLookups, names: QueryNames): Condition {
  const target = relation.relation?.target() as ModelClass;
  const { path } = lookup;
  const [[key, value] = ['', undefined], ...others] = Object.entries(rest);
  const onKey = `${modelDefinition(target).keys[0].name}__isnull`;
  if (others.length === 0 && key === onKey && typeof value === 'boolean') {
    const some: Condition = {
      kind: 'exists',
      path,
      relation,
      where: aliveCondition(target) ?? { kind: 'and', parts: [] },
    };
    return value ? { kind: 'not', part: some } : some;
  }
  const where = conditionOf(target, rest, names);
  // Who asks for the time of deletion wants to see deleted rows.
  const asksItself = Object.keys(rest).some((name) => name.split('__')[0] === 'deletedAt');
  const alive = asksItself ? undefined : aliveCondition(target);
  return { kind: 'exists', path, relation, where: alive ? { kind: 'and', parts: [where, alive] } : where };
}

/** What rows that are not soft-deleted meet; nothing to meet for models that are deleted for good. */
export function aliveCondition(model: ModelClass): Condition | undefined {
  const { deletedField } = modelDefinition(model);
  return deletedField && conditionOf(model, { [deletedField.name]: null });
}

function comparisonOf(lookup: Lookup, value: unknown, names: QueryNames): Comparison {
  const { name } = lookup;
  const comparison = (form: Comparison['form'], values: readonly unknown[] = []): Comparison => ({
    kind: 'comparison',
    lookup,
    form,
    values,
  });
  if (value === undefined) throw wrongValue(lookup, value, 'Leave the key out, or give null to ask for empty columns.');
  if (types.isProxy(value)) throw wrongValue(lookup, value, 'Give the value itself.');
  if (isExpression(value)) {
    return { ...comparison('operand'), operand: comparedOperand(lookup, resolveOperand(names, value.parts)) };
  }
  if (name === 'isnull') {
    if (typeof value !== 'boolean') throw wrongValue(lookup, value, 'isnull takes true or false.');
    return comparison(value ? 'null' : 'notNull');
  }
  if (name === 'exact' && value === null) return comparison('null');
  if (name === 'in' || name === 'range') {
    const values = listOf(lookup, value);
    return values.length === 0 ? comparison('nothing') : comparison('values', values);
  }
  return comparison('values', [checkedValue(lookup, value)]);
}

function comparedOperand(lookup: Lookup, operand: Operand): Operand {
  if (!EXPRESSION_LOOKUPS.includes(lookup.name)) {
    throw wrongValue(lookup, operand, `Compare a column with ${EXPRESSION_LOOKUPS.join(', ')}.`);
  }
  if (isComparable(lookup.field, operand)) return operand;
  throw wrongValue(lookup, operand, `A ${lookup.field.kind} field cannot be compared with ${operand.family}.`);
}

function listOf(lookup: Lookup, value: unknown): readonly unknown[] {
  const given = value instanceof Set ? [...(value as Set<unknown>)] : value;
  if (!Array.isArray(given)) throw wrongValue(lookup, value, `${lookup.name} takes a list.`);
  if (lookup.name === 'range' && given.length !== 2) throw wrongValue(lookup, value, 'range takes two values.');
  return given.map((item: unknown) => checkedValue(lookup, item));
}

function checkedValue(lookup: Lookup, value: unknown): unknown {
  const { field, name } = lookup;
  if (name === 'year' || name === 'month' || name === 'day') {
    const fits = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 9999;
    if (fits) return value;
    throw wrongValue(lookup, value, `${name} takes a whole number from 1 to 9999.`);
  }
  const plain = field.relation ? keyOf(value) : value;
  const { accepts, canonical } = FIELD_TYPES[field.scalarKind];
  if (accepts(plain, field)) return canonical ? canonical(plain, field) : plain;
  throw wrongValue(lookup, value, `Give a value of the field's type (${field.scalarKind}).`);
}

/** The key of a related row that is given as itself or as a reference. */
export function keyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return value;
  const row: unknown = value instanceof Reference ? value.unwrap() : value;
  if (typeof row !== 'object' || row === null || !isModel(row.constructor)) return row;
  return Reflect.get(row, primaryKeyOf(row.constructor).name);
}

function wrongValue({ definition, key, name }: Lookup, value: unknown, fix: string): InvalidLookupError {
  const given =
    value === null ? 'null' : types.isProxy(value) ? 'a proxy' : Array.isArray(value) ? 'a list' : typeof value;
  return new InvalidLookupError(
    definition.name,
    key,
    `the lookup "${key}" (${name}) was given ${given} of a wrong kind.`,
    fix,
  );
}
