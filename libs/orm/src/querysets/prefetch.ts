import { Collection } from '@mikro-orm/core';
import type { Session } from '../context/session.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import type { ModelDefinition } from '../models/model-definition.js';
import { type Condition, conditionOf, keyOf } from './condition.js';
import { Links } from './links.js';
import { targetOf } from './lookup.js';
import { EVERYTHING, keyOrder } from './query-state.js';
import { columnsToLoad, loadRows } from './row-loader.js';
import { selectStatement } from './select-statement.js';
import { execute } from './statement-executor.js';

/** Loads what a path of relations leads to, one statement per relation, and hangs it onto the instances. */
export async function prefetch(
  session: Session,
  definition: ModelDefinition,
  instances: readonly object[],
  path: readonly string[],
): Promise<void> {
  const [name = '', ...rest] = path;
  const field = definition.fields.get(name);
  if (!field?.relation || instances.length === 0) return;
  const related = await new Prefetcher(session, definition, field).load(instances);
  if (rest.length > 0) await prefetch(session, targetOf(field), related, rest);
}

class Prefetcher {
  readonly #target: ModelDefinition;

  constructor(
    private readonly session: Session,
    private readonly definition: ModelDefinition,
    private readonly field: FieldDefinition,
  ) {
    this.#target = targetOf(field);
  }

  load(instances: readonly object[]): Promise<readonly object[]> {
    const { kind, owner } = this.field.relation ?? {};
    if (kind === 'manyToMany') return this.#linked(instances);
    return owner ? this.#pointedTo(instances) : this.#pointingHere(instances);
  }

  /** The rows that the instances' own columns point to. They are in the identity map, so references to them are filled. */
  async #pointedTo(instances: readonly object[]): Promise<readonly object[]> {
    const keys = new Set(
      instances
        .map((row) => keyOf(Reflect.get(row, this.field.name)))
        .filter((key) => key !== null && key !== undefined),
    );
    return this.#byField(this.#target.primaryKey, [...keys]);
  }

  /** The rows whose column points to the instances. */
  async #pointingHere(instances: readonly object[]): Promise<readonly object[]> {
    const back = this.#target.fields.get(this.field.relation?.mappedBy ?? '');
    if (!back) return [];
    const related = await this.#byField(
      back,
      instances.map((row) => this.#keyIn(row)),
    );
    const byOwner = Map.groupBy(related, (row) => keyOf(Reflect.get(row, back.name)));
    for (const row of instances) this.#attach(row, byOwner.get(this.#keyIn(row)) ?? []);
    return related;
  }

  /** The rows that a link table pairs with the instances. */
  async #linked(instances: readonly object[]): Promise<readonly object[]> {
    const links = new Links(this.session, this.definition, this.field.name);
    const pairs = await links.of(instances.map((row) => this.#keyIn(row)));
    const related = await this.#byField(this.#target.primaryKey, [...new Set(pairs.map(([, target]) => target))]);
    const targetKey = this.#target.primaryKey.name;
    const byKey = new Map(related.map((row) => [Reflect.get(row, targetKey) as unknown, row]));
    const byOwner = Map.groupBy(pairs, ([own]) => own);
    for (const row of instances) {
      const linked = byOwner.get(this.#keyIn(row)) ?? [];
      this.#attach(
        row,
        linked.flatMap(([, target]) => byKey.get(target) ?? []),
      );
    }
    return related;
  }

  async #byField(field: FieldDefinition, keys: readonly unknown[]): Promise<readonly object[]> {
    if (keys.length === 0) return [];
    const { keys: targetKeys, model } = this.#target;
    const where: Condition = conditionOf(model, { [`${field.name}__in`]: keys });
    const order = keyOrder(this.#target);
    // A row that points to a deleted one still has it; deleted rows are not among those that a row has.
    const deleted =
      targetKeys.includes(field) && this.field.relation?.owner && !this.field.relation.many ? 'with' : 'without';
    const state = { ...EVERYTHING, deleted, where, order } as const;
    const selection = {
      kind: 'rows',
      columns: columnsToLoad(model),
      joined: [],
      annotations: EVERYTHING.annotations,
    } as const;
    const { statement, values } = selectStatement(this.session.database, model, state, selection);
    const { rows } = await execute<Record<string, unknown>>(this.session, statement, values);
    return loadRows(this.session.em, model, rows, false);
  }

  #attach(row: object, related: readonly object[]): void {
    const { name } = this.field;
    if (!this.field.relation?.many) {
      Reflect.set(row, name, related[0] ?? null);
      return;
    }
    const existing: unknown = Reflect.get(row, name);
    const collection =
      existing instanceof Collection ? existing : Collection.create(row, name as never, undefined, true);
    collection.hydrate([...related] as never[], false);
  }

  #keyIn(row: object): unknown {
    return Reflect.get(row, this.definition.primaryKey.name);
  }
}
