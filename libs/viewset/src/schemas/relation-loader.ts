import { compileJsonValue, type FieldDefinition, type Manager, type ModelDefinition } from '@core-framework/orm';
import type { CompiledOutput } from './output.compiler.js';
import type { Representation } from './representation.js';
import type { Row } from './output-property.js';
import { keyOf } from './row-key.js';
import type { ManagerFinder } from './related-rows.js';
import type { RowBudget } from './row-budget.js';
import { targetOf } from './schema-basis.js';

/** How related rows are shown, if as more than their keys, and what they count against. */
interface RelatedReading {
  readonly nested?: CompiledOutput;
  readonly budget?: RowBudget;
}

/** Reads related rows of many rows at once: one query per relation, whatever the number of rows. */
export class RelationLoader {
  constructor(private readonly managerOf: ManagerFinder) {}

  /** The shown rows of `target` with these keys, by key. */
  async byKey(
    target: ModelDefinition,
    keys: readonly unknown[],
    { nested, budget }: RelatedReading & { readonly nested: CompiledOutput },
  ): Promise<ReadonlyMap<string, Representation>> {
    const wanted = distinct(keys, target);
    if (!wanted.length) return new Map();
    const key = target.primaryKey.name;
    // No more of them than of the rows that point to them, which are counted already.
    const rows = await this.#read(target, { [`${key}__in`]: wanted }, { nested });
    const shown = await nested.represent(rows, budget);
    return new Map(rows.map((row, index) => [String(row[key]), shown[index] as Representation]));
  }

  /** What is behind a relation to many, by the key of the row it starts from: keys, or shown rows. */
  async many(
    model: ModelDefinition,
    field: FieldDefinition,
    keys: readonly unknown[],
    reading: RelatedReading,
  ): Promise<ReadonlyMap<string, readonly unknown[]>> {
    const wanted = distinct(keys, model);
    if (!wanted.length) return new Map();
    if (field.relation?.kind === 'manyToMany') return this.#linked(model, field, wanted, reading);
    return this.#pointingHere(model, field, wanted, reading);
  }

  /** Rows of the other model that point here by a foreign key. */
  async #pointingHere(
    model: ModelDefinition,
    field: FieldDefinition,
    keys: readonly unknown[],
    { nested, budget }: RelatedReading,
  ): Promise<ReadonlyMap<string, readonly unknown[]>> {
    const target = targetOf(field);
    const back = field.relation?.mappedBy ?? '';
    const rows = await this.#read(target, { [`${back}__in`]: keys }, { nested, budget }, [back]);
    const toJson = compileJsonValue(target.primaryKey);
    const shown = nested
      ? await nested.represent(rows, budget)
      : rows.map((row) => toJson(row[target.primaryKey.name]));
    return grouped(rows.map((row, index) => [keyOf(row[back], model), shown[index]] as const));
  }

  async #linked(
    model: ModelDefinition,
    field: FieldDefinition,
    keys: readonly unknown[],
    { nested, budget }: RelatedReading,
  ): Promise<ReadonlyMap<string, readonly unknown[]>> {
    // Many pairs may lead to one row, which is shown with each.
    const pairs = await this.managerOf(model.model).links(field.name, keys, budget && { limit: budget.readable });
    budget?.spend(pairs.length);
    const toJson = compileJsonValue(targetOf(field).primaryKey);
    const shown =
      nested &&
      (await this.byKey(
        targetOf(field),
        pairs.map(([, other]) => other),
        { nested, budget },
      ));
    return grouped(pairs.map(([own, other]) => [own, shown ? shown.get(String(other)) : toJson(other)] as const));
  }

  async #read(
    target: ModelDefinition,
    where: Row,
    { nested, budget }: RelatedReading,
    further: readonly string[] = [],
  ): Promise<readonly Row[]> {
    const manager: Manager<object> = this.managerOf(target.model);
    const all = manager.where(where).orderBy(target.primaryKey.name);
    const found = budget ? all.limit(budget.readable) : all;
    const columns = new Set([...(nested?.columns ?? [target.primaryKey.name]), ...further]);
    const rows = nested?.needsEntity ? await found.all() : await found.rows({ columns: [...columns], json: true });
    budget?.spend(rows.length);
    return rows as readonly Row[];
  }
}

/** Keys as lookups take them: rows that were read for JSON have big integers as texts. */
function distinct(keys: readonly unknown[], { primaryKey }: ModelDefinition): readonly unknown[] {
  const present = [...new Set(keys)].filter((key) => key !== null && key !== undefined);
  return primaryKey.scalarKind === 'bigInteger' ? present.map((key) => BigInt(key as string | bigint)) : present;
}

function grouped(pairs: readonly (readonly [key: unknown, value: unknown])[]): ReadonlyMap<string, readonly unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(String(key));
    if (group) group.push(value);
    else groups.set(String(key), [value]);
  }
  return groups;
}
