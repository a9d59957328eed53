import type { FieldDefinition, FieldName, ModelClass } from '@core-framework/orm';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import { type FieldSelection, SchemaBases } from './schema-basis.js';

/** What is shown of a model. */
export interface OutputSchemaOptions<K extends string = string> extends FieldSelection<K> {
  /** Relations that are shown as objects of these schemas instead of as keys; one query each, however many rows. */
  readonly nested?: { readonly [N in K]?: OutputClass };
}

/** A schema of what clients are shown, derived with {@link OutputSchema}. */
export type OutputClass = new () => object;

interface OutputBasis {
  readonly model: ModelClass;
  readonly options: OutputSchemaOptions;
}

const bases = new SchemaBases<OutputBasis>();

/**
 * Derives a schema of output from a model: everything that is not hidden, foreign keys as the other row's key,
 * many-to-many relations as a list of keys. It is an allow-list: what it does not name is never sent. Extend it to
 * add `@Computed()` fields.
 *
 * @example
 * class PostOutput extends OutputSchema(Post, { omit: ['version'], nested: { author: OutputSchema(User, { pick: ['id', 'name'] }) } }) {}
 */
export function OutputSchema<T extends object>(
  model: ModelClass<T>,
  options: OutputSchemaOptions<FieldName<T>> = {},
): OutputClass {
  const schema = { [`${model.name}Output`]: class {} }[`${model.name}Output`] as OutputClass;
  bases.record(schema, { model, options });
  return schema;
}

/** What a class was derived from with {@link OutputSchema}, if it was. */
export function outputBasisOf(schema: AnyClass): OutputBasis | undefined {
  return bases.find(schema);
}

/** Whether clients may ever see a field. */
export function isReadable(field: FieldDefinition): boolean {
  return !field.hidden && !field.writeOnly;
}

/** Whether a field is shown when nobody asked for it: not what would need a query into another table's rows. */
export function isShownByDefault(field: FieldDefinition): boolean {
  return isReadable(field) && (!field.relation || field.relation.owner);
}

const derived = new WeakMap<ModelClass, OutputClass>();

/** The output schema of a ViewSet that names none. */
export function derivedOutput(model: ModelClass): OutputClass {
  let schema = derived.get(model);
  if (!schema) derived.set(model, (schema = OutputSchema(model)));
  return schema;
}
