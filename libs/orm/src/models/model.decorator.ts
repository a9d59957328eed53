import type { ModelCheck } from '../constraints/clause-check.js';
import { InvalidModelError } from '../errors/orm.errors.js';
import type { FieldDefinition, FieldKind, ModelClass } from '../fields/field-definition.js';
import { fieldsOf } from '../fields/field.metadata.js';
import { createManager } from '../querysets/manager.js';
import type { Clause } from '../querysets/q.js';
import { type IndexDefinition, type ModelDefinition, recordModel } from './model-definition.js';
import type { FittingOptions } from './model-options-types.js';
import { tableNameOf } from './naming.js';
import { isSoftDeletable } from './soft-delete.js';

/** A set of fields with an index of its own name or over some rows only. */
export interface IndexOptions {
  readonly fields: readonly string[];
  /** Name in the database. @defaultValue made of the table's and the columns' names */
  readonly name?: string;
  /** The rows that it holds, as `Q(…)` of the row's own columns (not on MariaDB when unique). @defaultValue all */
  readonly where?: Clause<unknown>;
}

/** Options of `@Model`. */
export interface ModelOptions {
  /** @defaultValue the class's name in the plural and in snake_case: `BlogPost` → `blog_posts` */
  readonly tableName?: string;
  /**
   * The fields whose values together tell rows apart, for models that join others (`['user', 'group']`) and have no
   * `Field.pk()`. Nothing may point to such rows. @defaultValue the field of kind `pk`
   */
  readonly primaryKey?: readonly string[];
  /** The connection that keeps its rows. @defaultValue that of `forRoot` or `forFeature` which lists it, else `default` */
  readonly connection?: string;
  /** Sets of fields whose values together are unique. @defaultValue [] */
  readonly unique?: readonly (readonly string[] | IndexOptions)[];
  /** Sets of fields that are indexed together. @defaultValue [] */
  readonly indexes?: readonly (readonly string[] | IndexOptions)[];
  /** Rules that the database holds every row to, by name: `Q(…)` of the row's own columns, or `{ sql }`. @defaultValue {} */
  readonly checks?: Readonly<Record<string, ModelCheck>>;
  /** Keys that rows are sorted by when a query gives no order, a hyphen reverses. @defaultValue [] */
  readonly ordering?: readonly string[];
  /** Explains the table to people who look at the database. */
  readonly comment?: string;
}

/**
 * Makes a class a model: its fields become columns of a table and `Class.objects` its {@link Manager}.
 *
 * @throws InvalidModelError when the class has no primary key or two, or the options name a field that it does not have.
 */
export function Model<const O extends ModelOptions>(
  options?: O,
): <C extends ModelClass>(target: C & FittingOptions<InstanceType<C>, O>) => void {
  const {
    connection,
    primaryKey,
    tableName,
    unique = [],
    indexes = [],
    checks = {},
    ordering = [],
    comment,
    ...others
  }: ModelOptions = options ?? {};
  return (model: ModelClass) => {
    checkOptions(model.name, Object.keys(others));
    const fields = new Map(fieldsOf(model));
    const keys = keysOf(model.name, fields, primaryKey);
    const sets = [...unique.map((set) => indexOf(set, true)), ...indexes.map((set) => indexOf(set, false))];
    const sorted = ordering.map((key) => key.replace(/^-/, '').split('__', 1)[0] ?? '');
    checkNames(model.name, fields, [...sets.flatMap((set) => set.fields), ...sorted]);
    checkSlugs(model.name, fields);
    recordModel({
      model,
      name: model.name,
      tableName: tableName ?? tableNameOf(model.name),
      fields,
      keys,
      connection,
      versionField: [...fields.values()].find((field) => field.kind === 'version'),
      deletedField: isSoftDeletable(model.prototype) ? fields.get('deletedAt') : undefined,
      uniqueTogether: Object.freeze(sets.filter((set) => set.unique && !set.where).map((set) => set.fields)),
      indexes: Object.freeze(sets),
      checks: Object.freeze({ ...checks }),
      ordering: Object.freeze([...ordering]),
      comment,
    });
    hideInherited(model, fields);
    Object.defineProperty(model, 'objects', { value: createManager(model), configurable: true });
  };
}

function checkOptions(model: string, [unknown]: readonly string[]): void {
  if (unknown === undefined) return;
  throw new InvalidModelError(`@Model of ${model} has the option "${unknown}", which does not exist.`, {
    fix:
      unknown === 'schema'
        ? 'Not every database has schemas: name one in the URL of the database.'
        : 'The options are tableName, primaryKey, connection, unique, indexes, checks, ordering and comment.',
  });
}

/** The kinds of fields that a key may be made of besides relations: values that are the same on every database. */
const KEY_KINDS: ReadonlySet<FieldKind> = new Set([
  'string',
  'integer',
  'bigInteger',
  'date',
  'uuid',
  'email',
  'slug',
  'enum',
]);

function keysOf(
  model: string,
  fields: ReadonlyMap<string, FieldDefinition>,
  named: readonly string[] | undefined,
): ModelDefinition['keys'] {
  const own = [...fields.values()].filter((field) => field.kind === 'pk');
  const [only] = own;
  if (named === undefined) {
    if (only && own.length === 1) return Object.freeze([only]);
    throw new InvalidModelError(`${model} has ${own.length} primary keys.`, {
      fix: 'Extend BaseModel, declare exactly one field with @Field.pk(), or name several fields: @Model({ primaryKey: [...] }).',
    });
  }
  if (own.length > 0 || named.length < 2 || new Set(named).size < named.length) {
    throw new InvalidModelError(`@Model of ${model} has a primaryKey that is none.`, {
      fix: 'Name two fields or more, each once, and declare no field with @Field.pk().',
    });
  }
  checkNames(model, fields, named);
  const keys = named.flatMap((name) => fields.get(name) ?? []);
  const [first, ...others] = keys;
  const unfit = keys.find(({ kind, nullable, relation }) => nullable || (!relation && !KEY_KINDS.has(kind)));
  if (first && !unfit) return Object.freeze([first, ...others]);
  throw new InvalidModelError(`${model}.${unfit?.name} cannot be part of a primary key.`, {
    fix: `Name relations to one row, and fields of the kinds ${[...KEY_KINDS].join(', ')}; none of them nullable.`,
  });
}

/** A field that a row was not given is empty, whatever a library left on `Object.prototype` under its name. */
function hideInherited({ prototype }: ModelClass, fields: ReadonlyMap<string, FieldDefinition>): void {
  for (const [name, { hidden, writeOnly, relation }] of fields) {
    if (Object.hasOwn(prototype, name)) continue;
    const isSecret = (hidden || writeOnly) && !relation;
    const empty = isSecret ? uncopied(name) : { value: undefined, writable: true };
    Object.defineProperty(prototype, name, { ...empty, configurable: true });
  }
}

/** What is shown to nobody is not in a copy of the row either: `{ ...user }` is no way around `toJSON`. */
function uncopied(name: string): PropertyDescriptor {
  return {
    get: () => undefined,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: false });
    },
  };
}

function checkNames(model: string, fields: ReadonlyMap<string, FieldDefinition>, names: readonly string[]): void {
  const unknown = names.find((name) => !fields.get(name)?.columnName);
  if (unknown === undefined) return;
  throw new InvalidModelError(`@Model of ${model} names the field "${unknown}", which has no column.`, {
    fix: `Name fields of ${model}: ${[...fields.keys()].join(', ')}.`,
  });
}

function checkSlugs(model: string, fields: ReadonlyMap<string, FieldDefinition>): void {
  for (const { name, slugFrom } of fields.values()) {
    if (slugFrom !== undefined && !fields.has(slugFrom)) {
      throw new InvalidModelError(`${model}.${name} is made from "${slugFrom}", which is not a field.`, {
        fix: `Name a field of ${model}.`,
      });
    }
  }
}

function indexOf(set: readonly string[] | IndexOptions, unique: boolean): IndexDefinition {
  const { fields, ...options }: IndexOptions = 'fields' in set ? set : { fields: set };
  return Object.freeze({ ...options, fields: Object.freeze([...fields]), unique });
}
