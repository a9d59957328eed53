import type { ModelCheck } from '../constraints/clause-check.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import type { Clause } from '../querysets/q.js';
import { CompositeKeyError, InvalidModelError } from '../errors/orm.errors.js';

const DEFINITION = Symbol.for('@core-framework/orm:model');

/** An index over several fields, or one with options of its own. */
export interface IndexDefinition {
  readonly fields: readonly string[];
  /** @defaultValue made of the table's and the columns' names */
  readonly name?: string;
  readonly unique: boolean;
  /** The rows that it holds; all when absent. */
  readonly where?: Clause<unknown>;
}

/** Everything that is known about a model without a database, frozen. */
export interface ModelDefinition<T extends object = object> {
  readonly model: ModelClass<T>;
  /** The class's name. */
  readonly name: string;
  readonly tableName: string;
  /** By name, in the order of their declaration, inherited ones first. */
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** The one field that tells rows apart. @throws CompositeKeyError where several do so together: every model has {@link keys} */
  readonly primaryKey: FieldDefinition;
  /** The fields whose values together tell rows apart: one, or those that `primaryKey` of `@Model` names. */
  readonly keys: readonly [FieldDefinition, ...FieldDefinition[]];
  /** The connection of its rows, when `@Model` names one. */
  readonly connection?: string;
  /** Counts the writes of a row, when the model declares one. */
  readonly versionField?: FieldDefinition;
  /** Holds when a row was soft-deleted, when the model has `SoftDelete`. */
  readonly deletedField?: FieldDefinition;
  /** Sets of field names whose values together are unique among all rows. */
  readonly uniqueTogether: readonly (readonly string[])[];
  /** What `unique` and `indexes` of `@Model` declare; the indexes of single fields are with the fields. */
  readonly indexes: readonly IndexDefinition[];
  /** Rules that every row meets, by the name of their constraint. */
  readonly checks: Readonly<Record<string, ModelCheck>>;
  /** Keys that rows are sorted by when a query gives no order. */
  readonly ordering: readonly string[];
  /** Kept with the table where the database keeps comments. */
  readonly comment?: string;
}

export function recordModel<T extends object>(given: Omit<ModelDefinition<T>, 'primaryKey'>): void {
  const definition: ModelDefinition<T> = {
    ...given,
    get primaryKey() {
      const [key, ...others] = this.keys;
      if (others.length === 0) return key;
      throw new CompositeKeyError(
        this.name,
        this.keys.map(({ name }) => name),
      );
    },
  };
  Object.defineProperty(definition.model, DEFINITION, { value: Object.freeze(definition) });
}

/** Whether a class carries `@Model` itself; a subclass of a model is not one until it does. */
export function isModel(type: unknown): type is ModelClass {
  return typeof type === 'function' && Object.hasOwn(type, DEFINITION);
}

/**
 * What a model declares: its table, its fields, its keys.
 *
 * @throws InvalidModelError when the class carries no `@Model`.
 */
export function modelDefinition<T extends object>(model: ModelClass<T>): ModelDefinition<T> {
  if (isModel(model)) return Reflect.get(model, DEFINITION) as ModelDefinition<T>;
  throw new InvalidModelError(`${describe(model)} is not a model.`, {
    fix: 'Decorate the class with @Model(). In a circle of imports, hand it over as () => TheModel.',
  });
}

/** The fields that have a column in the model's own table. */
export function storedFields(model: ModelClass): readonly FieldDefinition[] {
  const fields =
    stored.get(model) ??
    [...modelDefinition(model).fields.values()].filter(({ columnName }) => columnName !== undefined);
  stored.set(model, fields);
  return fields;
}

const stored = new WeakMap<ModelClass, readonly FieldDefinition[]>();

export function primaryKeyOf(model: ModelClass): FieldDefinition {
  return modelDefinition(model).primaryKey;
}

function describe(value: unknown): string {
  return typeof value === 'function' ? value.name || 'An anonymous class' : `A value of type ${typeof value}`;
}
