import { type FieldDefinition, type ModelClass, modelDefinition, type ModelDefinition } from '@core-framework/orm';
import { UnknownFieldError } from '../errors/viewset.errors.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';

/** Which of the fields that a model offers go into a schema. */
export interface FieldSelection<K extends string = string> {
  /** Only these. */
  readonly pick?: readonly K[];
  /** All but these. */
  readonly omit?: readonly K[];
}

/** Remembers what a schema class was derived from; subclasses find it through their parents. */
export class SchemaBases<B> {
  readonly #bases = new WeakMap<object, B>();

  record(schema: AnyClass, basis: B): void {
    this.#bases.set(schema, basis);
  }

  find(schema: AnyClass): B | undefined {
    for (let link: unknown = schema; typeof link === 'function'; link = Object.getPrototypeOf(link)) {
      const basis = this.#bases.get(link);
      if (basis) return basis;
    }
    return undefined;
  }

  /** Whether the class is the derived one itself, to which nobody has added anything. */
  isPlain(schema: AnyClass): boolean {
    return this.#bases.has(schema);
  }
}

/**
 * The fields of a model that a selection leaves of those on offer, in the model's order.
 *
 * @throws UnknownFieldError when it names one that is not on offer.
 */
export function selectFields(
  owner: string,
  model: ModelClass,
  offered: (field: FieldDefinition) => boolean,
  { pick, omit }: FieldSelection,
): ReadonlyMap<string, FieldDefinition> {
  const fields = [...modelDefinition(model).fields.values()].filter(offered);
  const known = fields.map(({ name }) => name);
  checkNames(owner, 'pick', pick, known);
  // Leaving out what is not there anyway is no mistake: the same list serves input and output.
  checkNames(owner, 'omit', omit, [...modelDefinition(model).fields.keys()]);
  const chosen = fields.filter(({ name }) => (pick?.includes(name) ?? true) && !omit?.includes(name));
  return new Map(chosen.map((field) => [field.name, field]));
}

/** @throws UnknownFieldError for the first name that is not known. */
export function checkNames(
  owner: string,
  place: string,
  names: readonly string[] | undefined,
  known: readonly string[],
): void {
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UnknownFieldError(owner, unknown, place, known);
}

/** The definition behind a relation. */
export function targetOf(field: FieldDefinition): ModelDefinition {
  if (!field.relation) throw new TypeError(`${field.name} is not a relation.`);
  return modelDefinition(field.relation.target());
}
