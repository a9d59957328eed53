import { clientAnswerOf, InvalidInputException } from '@core-framework/common';
import { type Manager, type ModelDefinition, Q, UniqueViolationError } from '@core-framework/orm';
import { below } from '../schemas/input-problems.js';
import type { NestedRelation } from '../schemas/nested-relation.js';
import type { ManagerFinder } from '../schemas/related-rows.js';
import { targetOf } from '../schemas/schema-basis.js';
import type { RowWriter } from './row-writer.js';
import { softDeletable } from './soft-deletable-rows.js';

/** Writes the rows behind a nested relation, in the transaction of the row that has it. */
export class NestedWriter {
  readonly #target: ModelDefinition;
  readonly #manager: Manager<object>;

  constructor(
    readonly relation: NestedRelation,
    managerOf: ManagerFinder,
    private readonly rows: RowWriter,
  ) {
    this.#target = targetOf(relation.field);
    this.#manager = managerOf(this.#target.model);
  }

  /** Writes what a relation to one row got, if that is a row to be made; answers what its column shall hold. */
  async writeTarget(path: string, value: unknown): Promise<unknown> {
    return this.#isNew(value) ? this.#create(path, value) : value;
  }

  /** Does so for a relation to many rows. */
  async writeTargets(path: string, values: readonly unknown[]): Promise<unknown[]> {
    const targets: unknown[] = [];
    for (const [index, value] of values.entries()) targets.push(await this.writeTarget(`${path}.${index}`, value));
    return targets;
  }

  /** Makes rows point to `owner`, and, where the relation is set, no others; answers whether there was anything to do. */
  async writeInverse(
    path: string,
    owner: object,
    ownerKey: unknown,
    items: readonly unknown[],
    ownerIsNew: boolean,
  ): Promise<boolean> {
    const back = this.relation.field.relation?.mappedBy ?? '';
    const key = this.#target.primaryKey.name;
    const connected = items.filter((item) => !this.#isNew(item));
    let changed = 0;
    if (this.relation.allows('set') && !ownerIsNew) {
      const others = Q({ [back]: ownerKey }).and(Q({ [`${key}__in`]: connected }).not());
      changed += await this.#remove(this.#manager.where(others), back);
    }
    if (connected.length) {
      const elsewhere = Q({ [back]: ownerKey }).not();
      const strangers = this.#manager.where(Q({ [`${key}__in`]: connected }).and(elsewhere));
      changed += await strangers.update({ [back]: ownerKey } as never);
    }
    for (const [index, item] of items.entries()) {
      if (!this.#isNew(item)) continue;
      await this.#create(`${path}.${index}`, { ...item, [back]: owner });
      changed++;
    }
    return changed > 0;
  }

  /** Rows that no longer belong to their owner go on without one where they can, else they go. */
  #remove(rows: ReturnType<Manager<object>['where']>, back: string): Promise<number> {
    if (this.#target.fields.get(back)?.nullable) return rows.update({ [back]: null } as never);
    return this.#target.deletedField ? softDeletable(rows).softDelete() : rows.delete();
  }

  #isNew(value: unknown): value is object {
    return value instanceof this.relation.input.schema;
  }

  async #create(path: string, values: object): Promise<object> {
    try {
      return await this.rows.create(values);
    } catch (error) {
      // The clash is of the related row: its fields are not those of the row around it.
      if (!(error instanceof UniqueViolationError)) throw error;
      throw new InvalidInputException(below(path, clientAnswerOf(error)?.errors ?? {}));
    }
  }
}
