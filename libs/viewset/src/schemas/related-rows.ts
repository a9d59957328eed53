import type { FieldError } from '@core-framework/common';
import type {
  Clause,
  DynamicLookups,
  FieldDefinition,
  Manager,
  ModelClass,
  ModelDefinition,
} from '@core-framework/orm';
import { targetOf } from './schema-basis.js';

/** The most rows that one input may relate to by one field, and that one statement looks for. */
const MAX_RELATED = 1000;

/** What a model's rows are narrowed to. */
export type ScopeCondition = DynamicLookups | Clause<unknown>;

/** Which rows the caller may relate others to by a relation, named with its path from the outermost input. */
export type RelationScope = (relation: string) => ScopeCondition | undefined | Promise<ScopeCondition | undefined>;

/** Finds the manager of a model in this application. */
export type ManagerFinder = (model: ModelClass) => Manager<object>;

/** Looks after the rows that an input points to by key. */
export class RelatedRows {
  constructor(private readonly managerOf: ManagerFinder) {}

  /** The errors of a relation's value: one per row that does not exist. Asks nothing when there is no key. */
  async findMissing(relation: FieldDefinition, value: unknown): Promise<FieldError[]> {
    const keys = keysIn(value);
    if (keys.length > MAX_RELATED) return [TOO_MANY];
    const found = await this.existing(targetOf(relation), keys);
    return keys.filter((key) => !found.has(String(key))).map(missing);
  }

  /** Those of the keys whose rows exist and are within a scope, as texts. */
  async existing(
    { model, primaryKey }: ModelDefinition,
    keys: readonly unknown[],
    scope?: ScopeCondition,
  ): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const wanted = [...new Set(keys)];
    for (let start = 0; start < wanted.length; start += MAX_RELATED) {
      const chunk = wanted.slice(start, start + MAX_RELATED);
      const rows = this.managerOf(model).where({ [`${primaryKey.name}__in`]: chunk });
      const visible = scope === undefined ? rows : rows.where(scope);
      for (const row of await visible.rows({ columns: [primaryKey.name] })) found.add(String(row[primaryKey.name]));
    }
    return found;
  }
}

/** The error of a value with more keys than may be looked for. */
export const TOO_MANY: FieldError = {
  code: 'max_length',
  message: `Ensure this field has no more than ${MAX_RELATED} items.`,
};

/** The keys in a relation's value: one, several or none. */
export function keysIn(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The error of a key that no row has, or none that the caller may relate to. */
export function missing(key: unknown): FieldError {
  return { code: 'does_not_exist', message: `Invalid pk "${String(key)}" - object does not exist.` };
}

/** Whether a value has more keys than may be looked for. */
export function hasTooMany(value: unknown): boolean {
  return Array.isArray(value) && value.length > MAX_RELATED;
}
