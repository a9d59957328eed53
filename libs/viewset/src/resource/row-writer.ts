import {
  type FieldDefinition,
  isSoftDeletable,
  type Manager,
  type ModelDefinition,
  type PlainModel,
  ref,
} from '@core-framework/orm';
import { targetOf } from '../schemas/schema-basis.js';

/** Writes rows of a model from checked values; names that are no fields of the model are left to the hooks. */
export class RowWriter {
  readonly #columns: readonly FieldDefinition[];
  readonly #links: readonly FieldDefinition[];
  readonly #keyName: string;

  constructor(
    model: ModelDefinition,
    private readonly manager: Manager<object>,
  ) {
    const fields = [...model.fields.values()];
    this.#columns = fields.filter(({ columnName }) => columnName !== undefined);
    this.#links = fields.filter(({ relation }) => relation?.kind === 'manyToMany' && relation.owner);
    this.#keyName = model.primaryKey.name;
  }

  async create(values: object): Promise<object> {
    const row = await this.manager.create(
      Object.fromEntries(given(this.#columns, values).map(([{ name }, value]) => [name, value])),
    );
    await this.#link(row, values);
    return row;
  }

  /** Writes only the columns that get another value. */
  async update(row: object, values: object): Promise<object> {
    for (const [field, value] of given(this.#columns, values)) {
      if (value !== undefined) Reflect.set(row, field.name, field.relation ? referenceTo(field, value) : value);
    }
    await (row as PlainModel).save();
    await this.#link(row, values);
    return row;
  }

  /** Deletes the row: for good, unless its model is soft-deleted. */
  async destroy(row: object): Promise<void> {
    await (isSoftDeletable(row) ? row.softDelete() : (row as PlainModel).delete());
  }

  async #link(row: object, values: object): Promise<void> {
    for (const [{ name }, targets] of given(this.#links, values)) {
      if (Array.isArray(targets)) await this.manager.setLinks(name, Reflect.get(row, this.#keyName), targets);
    }
  }
}

function given(fields: readonly FieldDefinition[], values: object): [FieldDefinition, unknown][] {
  return fields
    .filter(({ name }) => Object.hasOwn(values, name))
    .map((field) => [field, (values as Record<string, unknown>)[field.name]]);
}

function referenceTo(field: FieldDefinition, value: unknown): unknown {
  if (value === null) return null;
  // A hook may give the related row itself instead of its key.
  return typeof value === 'object' ? ref(value) : ref(targetOf(field).model, value as never);
}
