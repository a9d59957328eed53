import type { FieldDefinition, FieldName, ModelClass, Related } from '@core-framework/orm';
import type { FieldErrors } from '@core-framework/common';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import { type FieldSelection, SchemaBases } from './schema-basis.js';

/** What is taken from a model into an input, and what becomes optional. */
export interface InputSchemaOptions<K extends string = string> extends FieldSelection<K> {
  /** Fields that may be missing although the model wants them: all, or those named. */
  readonly partial?: true | readonly K[];
  /**
   * Relations that are written along with the row, each with the verbs that clients may use: `{ tags: ['create',
   * 'connect', 'set'] }`. Relations that are not named here take keys, and the inverse of a foreign key takes nothing.
   */
  readonly nested?: { readonly [N in K]?: readonly NestedVerb[] | NestedRelationOptions };
}

/**
 * What may be done by a nested relation: `create` rows from objects, `connect` rows by their keys, and `set`: on an
 * update the list becomes the whole set, and what it lacks is taken out of it. Without `set` lists only add.
 */
export type NestedVerb = 'create' | 'connect' | 'set';

/** A nested relation, spelled out. */
export interface NestedRelationOptions {
  readonly allow: readonly NestedVerb[];
  /** How objects of it are checked. @defaultValue derived from the related model */
  readonly input?: InputClass;
  /** The most items that one list may have. @defaultValue 100 */
  readonly maxItems?: number;
}

/** A schema of what clients may send. */
export type InputClass<I extends object = object> = new () => I;

/** Type of a field's value once it was checked: related rows stand as their keys. */
type InputValue<V> = [Related<V>] extends [never]
  ? V
  : NonNullable<V> extends Iterable<unknown>
    ? RowKey[]
    : RowKey | Extract<V, null>;

type RowKey = number | string;

/** Type of a nested relation's value: keys of rows, or checked objects that rows are made of. */
type NestedValue<V> =
  NonNullable<V> extends Iterable<unknown> ? (RowKey | object)[] : RowKey | object | Extract<V, null>;

type NestedName<O> = O extends { readonly nested: infer N } ? keyof N : never;

type Chosen<T, O> = O extends { readonly pick: readonly (infer K)[] }
  ? Extract<FieldName<T>, K | NestedName<O>>
  : O extends { readonly omit: readonly (infer K)[] }
    ? Exclude<FieldName<T>, K>
    : FieldName<T>;

/** Type of a derived input's instances. */
export type InputShape<T, O> = {
  [K in Chosen<T, O>]: K extends NestedName<O> ? NestedValue<T[K]> : InputValue<T[K]>;
};

/** What a whole-object check found: a sentence about the object, or sentences by field. */
export type InputProblems = string | Readonly<Record<string, string | readonly string[]>> | FieldErrors;

/** An input that checks itself as a whole, after each of its fields was found right. */
export interface SelfValidating<T extends object = object> {
  /**
   * Answers what is wrong, or nothing. `this` has the fields that were sent.
   */
  validate(context: ValidationContext<T>): InputProblems | void | Promise<InputProblems | void>;
}

/** What a whole-object check may want to know. */
export interface ValidationContext<T extends object = object> {
  /** Whether only some fields were sent (PATCH). */
  readonly partial: boolean;
  /** The row that is changed; absent when one is created. */
  readonly instance?: T;
}

interface InputBasis {
  readonly model: ModelClass;
  readonly options: InputSchemaOptions;
}

const bases = new SchemaBases<InputBasis>();

/**
 * Derives a schema of input from a model: its writable fields with their rules. Extend it to add class-validator
 * rules, fields of your own and a `validate()` for the object as a whole.
 *
 * @example
 * class PostInput extends InputSchema(Post, { omit: ['author'] }) {
 *   @MinLength(5) override title!: string;
 *   validate() { if (this.title === this.content) return { content: 'Say more than the title.' }; }
 * }
 */
export function InputSchema<T extends object, const O extends InputSchemaOptions<FieldName<T>> = Record<never, never>>(
  model: ModelClass<T>,
  options?: O,
): InputClass<InputShape<T, O>> {
  const schema = { [`${model.name}Input`]: class {} }[`${model.name}Input`] as InputClass<InputShape<T, O>>;
  bases.record(schema, { model, options: options ?? {} });
  return schema;
}

/** What a class was derived from with {@link InputSchema}, if it was. */
export function inputBasisOf(schema: AnyClass): InputBasis | undefined {
  return bases.find(schema);
}

/** Whether nothing was added to a derived schema, so that the rules of the fields are all there is. */
export function isPlainInput(schema: AnyClass): boolean {
  return bases.isPlain(schema);
}

/** Whether clients may ever write a field. */
export function isWritable(field: FieldDefinition): boolean {
  if (field.generated || field.readOnly || field.hidden) return false;
  return !field.relation || field.relation.owner;
}

const derived = new WeakMap<ModelClass, InputClass>();

/** The input schema of a ViewSet that names none. */
export function derivedInput(model: ModelClass): InputClass {
  let schema = derived.get(model);
  if (!schema) derived.set(model, (schema = InputSchema(model)));
  return schema;
}
