import type { FieldError } from '@core-framework/common';
import type { FieldDefinition, Manager, ModelClass } from '@core-framework/orm';
import { targetOf } from './schema-basis.js';

/** The most rows that one input may relate to by one field; more would overrun what a statement can bind. */
const MAX_RELATED = 1000;

/** Finds the manager of a model in this application. */
export type ManagerFinder = (model: ModelClass) => Manager<object>;

/** Looks after the rows that an input points to by key. */
export class RelatedRows {
  constructor(private readonly managerOf: ManagerFinder) {}

  /** The errors of a relation's value: one per row that does not exist. Asks nothing when there is no key. */
  async findMissing(relation: FieldDefinition, value: unknown): Promise<FieldError[]> {
    if (value === undefined || value === null) return [];
    const keys: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (keys.length === 0) return [];
    if (keys.length > MAX_RELATED) {
      return [{ code: 'max_length', message: `Ensure this field has no more than ${MAX_RELATED} items.` }];
    }
    const target = targetOf(relation);
    const key = target.primaryKey.name;
    const rows = await this.managerOf(target.model)
      .where({ [`${key}__in`]: keys })
      .rows({ columns: [key] });
    const found = new Set(rows.map((row) => String(row[key])));
    return keys
      .filter((wanted) => !found.has(String(wanted)))
      .map((wanted) => ({
        code: 'does_not_exist',
        message: `Invalid pk "${String(wanted)}" - object does not exist.`,
      }));
  }
}
