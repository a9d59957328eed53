import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { DATE_LOOKUPS, type LookupName, TEXT_LOOKUPS } from '../fields/types/field-type.js';
import { FIELD_TYPES } from '../fields/types/field-types.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { isRetargeted } from '../models/retargeting.js';
import type { Aggregation } from './aggregation.js';
import type { ColumnPath } from './query-state.js';

const LOOKUP_NAMES = new Set<string>([...TEXT_LOOKUPS, ...DATE_LOOKUPS]);
const RELATION_LOOKUPS: readonly LookupName[] = ['exact', 'in', 'isnull'];

/** What a lookup key means for a model: relations to follow, a field to compare, and how. */
export interface Lookup {
  /** The key as it was written. */
  readonly key: string;
  readonly definition: ModelDefinition;
  /** Relations to one row, followed by joins, before {@link field} or {@link many}. */
  readonly path: readonly FieldDefinition[];
  /** The comparison, unless a relation to many rows comes first. */
  readonly field: FieldDefinition;
  readonly name: LookupName;
  /** What is compared instead of a column, where the key names an annotation. */
  readonly aggregation?: Aggregation;
  /** The first relation to many rows and the key that is to be looked up among them. */
  readonly many?: { readonly relation: FieldDefinition; readonly rest: string };
}

const lookups = new WeakMap<ModelClass, Map<string, Lookup>>();

/** More keys than any model has; beyond them keys come from outside and are not worth remembering. */
const REMEMBERED_KEYS = 2000;

/**
 * Finds out what a lookup key means.
 *
 * @throws InvalidLookupError when the model has no such field or the field no such lookup.
 */
export function resolveLookup(model: ModelClass, key: string): Lookup {
  let known = lookups.get(model);
  if (!known) lookups.set(model, (known = new Map()));
  const found = known.get(key);
  if (found) return found;
  const lookup = parseLookup(modelDefinition(model), key);
  const depends = lookup.path.some(isRetargeted) || isRetargeted(lookup.field);
  if (known.size < REMEMBERED_KEYS && !depends) known.set(key, lookup);
  return lookup;
}

function parseLookup(definition: ModelDefinition, key: string): Lookup {
  const parts = key.split('__');
  const path: FieldDefinition[] = [];
  let current = definition;
  for (let index = 0; index < parts.length; index++) {
    const field = fieldOf(definition, current, parts[index] ?? '', key);
    const rest = parts.slice(index + 1);
    const [name = 'exact'] = rest;
    const ends = rest.length === 0 || (rest.length === 1 && LOOKUP_NAMES.has(name) && !followsTo(field, name));
    if (field.relation?.many || (field.relation && !field.columnName)) {
      const key2 = ends ? [keyAskedFor(targetOf(field), rest).name, ...rest].join('__') : rest.join('__');
      return { key, definition, path, field, name: 'exact', many: { relation: field, rest: key2 } };
    }
    if (ends) return { key, definition, path, field, name: checkedName(definition, field, name, key) };
    if (!field.relation) {
      throw new InvalidLookupError(definition.name, key, `the lookup "${key}" is unknown.`, knownLookups(field));
    }
    path.push(field);
    current = targetOf(field);
  }
  throw new InvalidLookupError(definition.name, key, `the lookup "${key}" is empty.`);
}

/** Whether rows have a key can be asked of any of its fields, which one it is only where there is one. */
function keyAskedFor(target: ModelDefinition, [name]: readonly string[]): FieldDefinition {
  return (name === 'isnull' ? target.keys[0] : undefined) ?? target.primaryKey;
}

/**
 * Finds out what a lookup key means that starts with the name of an annotation.
 *
 * @throws InvalidLookupError when its values have no such lookup.
 */
export function annotationLookup(model: ModelClass, { field, path, aggregation }: ColumnPath, key: string): Lookup {
  const definition = modelDefinition(model);
  const [, ...rest] = key.split('__');
  return {
    key,
    definition,
    path,
    field,
    aggregation,
    name: checkedName(definition, field, rest.length === 0 ? 'exact' : rest.join('__'), key),
  };
}

/** A related model may have a field that is called like a lookup; the field wins. */
function followsTo(field: FieldDefinition, name: string): boolean {
  return field.relation !== undefined && targetOf(field).fields.has(name);
}

function fieldOf(root: ModelDefinition, current: ModelDefinition, name: string, key: string): FieldDefinition {
  const field = current.fields.get(name);
  if (field) return field;
  throw new InvalidLookupError(
    root.name,
    key,
    `the lookup "${key}" names "${name}", which is not a field of ${current.name}.`,
    `${current.name} has: ${[...current.fields.keys()].join(', ')}.`,
  );
}

function checkedName(definition: ModelDefinition, field: FieldDefinition, name: string, key: string): LookupName {
  const known = lookupsOf(field).find((candidate) => candidate === name);
  if (known) return known;
  throw new InvalidLookupError(
    definition.name,
    key,
    `the lookup "${key}" is unknown: a ${field.kind} field has no "${name}".`,
    knownLookups(field),
  );
}

/** The comparisons that a field offers. */
export function lookupsOf(field: FieldDefinition): readonly LookupName[] {
  return field.relation ? RELATION_LOOKUPS : FIELD_TYPES[field.scalarKind].lookups;
}

function knownLookups(field: FieldDefinition): string {
  return `A ${field.kind} field has: ${lookupsOf(field).join(', ')}.`;
}

export function targetOf(field: FieldDefinition): ModelDefinition {
  if (!field.relation) throw new TypeError(`${field.name} is not a relation`);
  return modelDefinition(field.relation.target());
}
