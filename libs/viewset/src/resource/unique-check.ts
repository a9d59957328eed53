import type { FieldErrors } from '@core-framework/common';
import {
  type Clause,
  type FieldDefinition,
  type Manager,
  type ModelDefinition,
  Q,
  uniqueErrors,
} from '@core-framework/orm';
import type { NowOrLater } from '../pipeline/later.js';
import { below, InputErrors } from '../schemas/input-problems.js';
import { keyOf } from '../schemas/row-key.js';
import { targetOf } from '../schemas/schema-basis.js';
import { softDeletable } from './soft-deletable-rows.js';

/** Values that are to be written, and the row that they change, if it exists already. */
export interface UniqueCandidate {
  readonly data: object;
  readonly instance?: object;
}

type Values = readonly unknown[];

/**
 * Looks whether values that must be unique are taken, over all rows whatever a caller may see of them. It only makes
 * errors come early and together: the truth is the database's constraint, whose violation answers the same.
 */
export class UniqueCheck {
  readonly #sets: readonly (readonly FieldDefinition[])[];
  readonly #allSets: readonly (readonly FieldDefinition[])[];

  constructor(
    private readonly model: ModelDefinition,
    private readonly manager: Manager<object>,
    /** Unique fields that are looked at for single rows; sets of fields that are unique together always are. */
    fields: readonly FieldDefinition[],
  ) {
    const together = model.uniqueTogether.map((names) => names.flatMap((name) => model.fields.get(name) ?? []));
    const unique = [...model.fields.values()].filter((field) => field.unique && field.columnName && !field.generated);
    this.#sets = [...fields.map((field) => [field]), ...together];
    this.#allSets = [...new Set([...fields, ...unique])].map((field) => [field]).concat(together);
  }

  /** Whether any of the values has to be looked for. */
  concerns(data: object): boolean {
    return this.#sets.some((set) => set.some(({ name }) => (data as Record<string, unknown>)[name] !== undefined));
  }

  /** @throws InvalidInputException naming every field, and every set of fields, whose values another row has. */
  check(data: object, instance?: object): NowOrLater<void> {
    return this.#sets.length === 0 ? undefined : this.#checkSets(data, instance);
  }

  async #checkSets(data: object, instance: object | undefined): Promise<void> {
    const errors = new InputErrors();
    for (const set of this.#sets) {
      const values = valuesOf(set, { data, instance });
      if (!values) continue;
      const own = instance && this.#keyOf(instance);
      const others = this.#anyRows(this.manager.where(conditionOf(set, values)));
      const taken =
        own === undefined
          ? await others.exists()
          : (await others.rows({ columns: [this.#keyName] })).some((row) => String(row[this.#keyName]) !== own);
      if (taken) errors.addAll(this.#errorsOf(set));
    }
    errors.throwIfAny();
  }

  /**
   * Does so for many rows by one query per field, whatever fields were named, and among the rows themselves.
   *
   * @throws InvalidInputException naming what is taken by index: `2.slug`.
   */
  async checkAll(candidates: readonly UniqueCandidate[]): Promise<void> {
    const errors = new InputErrors();
    for (const set of this.#allSets) {
      const wanted = candidates.map((candidate) => valuesOf(set, candidate));
      const asked = wanted.filter((values) => values !== undefined);
      if (!asked.length) continue;
      const owners = await this.#ownersOf(set, asked);
      for (const [index, values] of wanted.entries()) {
        const id = values && idOf(values);
        if (id === undefined) continue;
        const instance = candidates[index]?.instance;
        const own = instance ? this.#keyOf(instance) : `new ${index}`;
        const owner = owners.get(id);
        if (owner !== undefined && owner !== own) errors.addAll(below(String(index), this.#errorsOf(set)));
        else owners.set(id, own);
      }
    }
    errors.throwIfAny();
  }

  /** The keys of the rows that have the values now. */
  async #ownersOf(set: readonly FieldDefinition[], wanted: readonly Values[]): Promise<Map<string, string>> {
    const [field] = set;
    const rows =
      set.length === 1 && field
        ? this.manager.where({ [`${field.name}__in`]: wanted.map(([value]) => value) })
        : this.manager.where(
            wanted.map((values): Clause<unknown> => Q(conditionOf(set, values))).reduce((all, one) => all.or(one)),
          );
    const columns = [this.#keyName, ...set.map(({ name }) => name)];
    const found = await this.#anyRows(rows).rows({ columns });
    return new Map(found.map((row) => [idOf(set.map(({ name }) => row[name])), String(row[this.#keyName])]));
  }

  /** Values of rows that are soft-deleted stay taken. */
  #anyRows(rows: ReturnType<Manager<object>['where']>): ReturnType<Manager<object>['where']> {
    return this.model.deletedField ? (softDeletable(rows).withDeleted() as object as typeof rows) : rows;
  }

  #errorsOf(set: readonly FieldDefinition[]): FieldErrors {
    return uniqueErrors(
      this.model.name,
      set.map(({ name }) => name),
    );
  }

  get #keyName(): string {
    return this.model.primaryKey.name;
  }

  #keyOf(row: object): string {
    return String((row as Record<string, unknown>)[this.#keyName]);
  }
}

/**
 * The values of a set of fields, those that are not written taken from the row. `undefined` when nothing of the set is
 * written, or when a value is missing or empty: such rows clash with none.
 */
function valuesOf(set: readonly FieldDefinition[], { data, instance }: UniqueCandidate): Values | undefined {
  if (!set.some(({ name }) => (data as Record<string, unknown>)[name] !== undefined)) return undefined;
  const values = set.map((field) => {
    const { name, relation, default: standard } = field;
    const given = (data as Record<string, unknown>)[name];
    const kept = instance
      ? (instance as Record<string, unknown>)[name]
      : typeof standard === 'function'
        ? null
        : standard;
    const value = given === undefined ? kept : given;
    return relation ? keyOf(value, targetOf(field)) : value;
  });
  return values.some((value) => value === null || value === undefined) ? undefined : values;
}

function conditionOf(set: readonly FieldDefinition[], values: Values): Record<string, unknown> {
  return Object.fromEntries(set.map(({ name }, index) => [name, values[index]]));
}

function idOf(values: Values): string {
  return JSON.stringify(values.map((value) => (value instanceof Date ? value.getTime() : String(value))));
}
