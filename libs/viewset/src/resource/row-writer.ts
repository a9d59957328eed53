import {
  type FieldDefinition,
  isSoftDeletable,
  type Manager,
  type ModelDefinition,
  type PlainModel,
  ref,
} from '@core-framework/orm';
import type { CompiledInput } from '../schemas/compiled-input.js';
import type { ManagerFinder } from '../schemas/related-rows.js';
import { keyOf } from '../schemas/row-key.js';
import { targetOf } from '../schemas/schema-basis.js';
import { softDeletable } from './soft-deletable-rows.js';
import { NestedWriter } from './nested-writer.js';

/** Writes rows of a model from checked values; names that are no fields of the model are left to the hooks. */
export class RowWriter {
  readonly #manager: Manager<object>;
  readonly #columns: readonly FieldDefinition[];
  readonly #links: readonly FieldDefinition[];
  readonly #nested: ReadonlyMap<string, NestedWriter>;
  /** A column that every write of a row changes: its version, else its time. */
  readonly #stamp: string | undefined;
  readonly #keyName: string;

  constructor(
    readonly model: ModelDefinition,
    managerOf: ManagerFinder,
    input?: CompiledInput,
  ) {
    const fields = [...model.fields.values()];
    const nested = [...(input?.nested ?? [])];
    this.#manager = managerOf(model.model);
    this.#nested = new Map(
      nested.map(([name, relation]) => {
        const rows = new RowWriter(targetOf(relation.field), managerOf, relation.input);
        return [name, new NestedWriter(relation, managerOf, rows)];
      }),
    );
    this.#columns = fields.filter(({ columnName }) => columnName !== undefined);
    this.#links = fields.filter(({ relation }) => relation?.kind === 'manyToMany' && relation.owner);
    this.#stamp = (model.versionField ?? fields.find(({ auto }) => auto === 'update'))?.name;
    this.#keyName = model.primaryKey.name;
  }

  async create(values: object): Promise<object> {
    const row = await this.#manager.create(await this.#columnValues(values));
    await this.#linkNew([[row, values]]);
    await this.#writeInverse(row, values, true);
    return row;
  }

  /** Writes several rows by few statements, in their order. */
  async createMany(all: readonly object[]): Promise<object[]> {
    const columns: Record<string, unknown>[] = [];
    for (const values of all) columns.push(await this.#columnValues(values));
    const rows = await this.#manager.bulkCreate(columns);
    const pairs = rows.map((row, index) => [row, all[index] ?? {}] as const);
    await this.#linkNew(pairs);
    for (const [row, values] of pairs) await this.#writeInverse(row, values, true);
    return rows;
  }

  /** Writes only the columns that get another value; a row whose links alone change counts as changed, too. */
  async update(row: object, values: object): Promise<object> {
    const before = this.#stampOf(row);
    await this.#assign(row, values);
    await (row as PlainModel).save();
    await this.#writeAround(row, values, before);
    return row;
  }

  /** Does so for several rows: those that get other values in the same columns by one statement, versions checked. */
  async updateMany(changes: readonly { readonly instance: object; readonly input: object }[]): Promise<void> {
    const before = changes.map(({ instance }) => this.#stampOf(instance));
    const alike = new Map<string, { readonly columns: readonly string[]; readonly rows: object[] }>();
    for (const { instance, input } of changes) {
      const columns = await this.#assign(instance, input);
      const group = alike.get(columns.join());
      if (group) group.rows.push(instance);
      else if (columns.length) alike.set(columns.join(), { columns, rows: [instance] });
    }
    for (const { columns, rows } of alike.values()) await this.#manager.bulkUpdate(rows, columns as never);
    for (const [index, { instance, input }] of changes.entries()) {
      await this.#writeAround(instance, input, before[index]);
    }
  }

  /** Deletes the row: for good, unless its model is soft-deleted. */
  async destroy(row: object): Promise<void> {
    await (isSoftDeletable(row) ? row.softDelete() : (row as PlainModel).delete());
  }

  /** Deletes several rows by one statement. */
  async destroyMany(rows: readonly object[]): Promise<void> {
    if (!rows.length) return;
    const keys = rows.map((row) => this.#keyOf(row));
    const found = this.#manager.where({ [`${this.#keyName}__in`]: keys });
    await (this.model.deletedField ? softDeletable(found).softDelete() : found.delete());
  }

  /** Gives a row its new values and tells which columns get another one. */
  async #assign(row: object, values: object): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const [name, value] of Object.entries(await this.#columnValues(values))) {
      const field = this.model.fields.get(name);
      if (value === undefined || !field) continue;
      if (!isSame(field, Reflect.get(row, name), value)) changed.push(name);
      Reflect.set(row, name, field.relation ? referenceTo(field, value) : value);
    }
    return changed.toSorted();
  }

  /** Writes what stands beside the row's own columns; the row counts as changed by that, too. */
  async #writeAround(row: object, values: object, before: unknown): Promise<void> {
    const linked = await this.#relink(row, values);
    const written = await this.#writeInverse(row, values, false);
    if ((linked || written) && this.#stamp && this.#stampOf(row) === before) await (row as PlainModel).touch();
  }

  /** What goes into the row's own columns; rows that it points to are written first. */
  async #columnValues(values: object): Promise<Record<string, unknown>> {
    const written: Record<string, unknown> = {};
    for (const [{ name }, value] of given(this.#columns, values)) {
      const nested = this.#nested.get(name);
      written[name] = nested ? await nested.writeTarget(name, value) : value;
    }
    return written;
  }

  /** Links rows that have no links yet. */
  async #linkNew(rows: readonly (readonly [row: object, values: object])[]): Promise<void> {
    for (const field of this.#links) {
      const pairs: [unknown, unknown][] = [];
      for (const [row, values] of rows) {
        const targets = await this.#targetsOf(field, values);
        pairs.push(...[...new Set(targets)].map((target): [unknown, unknown] => [this.#keyOf(row), target]));
      }
      if (pairs.length) await this.#manager.addLinks(field.name, pairs);
    }
  }

  async #relink(row: object, values: object): Promise<boolean> {
    let changed = false;
    for (const field of this.#links) {
      const targets = await this.#targetsOf(field, values);
      if (!targets) continue;
      const key = this.#keyOf(row);
      const nested = this.#nested.get(field.name);
      const kept =
        nested && !nested.relation.allows('set')
          ? (await this.#manager.links(field.name, [key])).map(([, target]) => target)
          : [];
      if (await this.#manager.setLinks(field.name, key, [...kept, ...targets])) changed = true;
    }
    return changed;
  }

  /** The keys that a many-to-many relation shall lead to; rows that do not exist yet are written. */
  async #targetsOf(field: FieldDefinition, values: object): Promise<readonly unknown[] | undefined> {
    const [entry] = given([field], values);
    if (!entry || !Array.isArray(entry[1])) return undefined;
    const nested = this.#nested.get(field.name);
    const targets = nested ? await nested.writeTargets(field.name, entry[1]) : entry[1];
    return targets.map((target: unknown) => keyOf(target, targetOf(field)));
  }

  /** Writes the rows that point here by a foreign key. */
  async #writeInverse(row: object, values: object, isNew: boolean): Promise<boolean> {
    let changed = false;
    for (const [name, nested] of this.#nested) {
      if (nested.relation.field.relation?.kind !== 'oneToMany' || !Object.hasOwn(values, name)) continue;
      const items = Reflect.get(values, name) as readonly unknown[];
      if (await nested.writeInverse(name, row, this.#keyOf(row), items, isNew)) changed = true;
    }
    return changed;
  }

  #keyOf(row: object): unknown {
    return Reflect.get(row, this.#keyName);
  }

  #stampOf(row: object): unknown {
    const value: unknown = this.#stamp && Reflect.get(row, this.#stamp);
    return value instanceof Date ? value.getTime() : value;
  }
}

function isSame(field: FieldDefinition, one: unknown, other: unknown): boolean {
  if (field.relation) return keyOf(one, targetOf(field)) === keyOf(other, targetOf(field));
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;
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
