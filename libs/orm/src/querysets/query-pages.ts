import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { type Comparison, type Condition, keyOf } from './condition.js';
import { QueryRunner } from './query-runner.js';
import { keyOrder, type QueryState } from './query-state.js';

/**
 * The rows of a query in pages, in the order of their keys. Each page has an EntityManager of its own in the same
 * transaction, so that nothing keeps the rows of earlier ones.
 */
export async function* pagesOf<T extends object>(
  model: ModelClass<T>,
  state: QueryState,
  limit: number,
): AsyncGenerator<readonly T[], void, undefined> {
  const definition = modelDefinition(model);
  const order = keyOrder(definition);
  let where = state.where;
  for (;;) {
    const em = new QueryRunner(model, state).em.fork({ keepTransactionContext: true, disableContextResolution: true });
    const page = await new QueryRunner(model, { ...state, where, order, limit, em }).instances();
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    const beyond = beyondRow(definition, last);
    where = state.where ? { kind: 'and', parts: [state.where, beyond] } : beyond;
  }
}

/** What rows after that one in the order of their keys meet: `a > 1`, or `a > 1 or (a = 1 and b > 2)`. */
function beyondRow(definition: ModelDefinition, row: object): Condition {
  const compared = (field: FieldDefinition, name: 'exact' | 'gt'): Comparison => ({
    kind: 'comparison',
    lookup: { key: `${field.name}__${name}`, definition, path: [], field, name },
    form: 'values',
    values: [keyOf(Reflect.get(row, field.name))],
  });
  const parts = definition.keys.map((key, index): Condition => {
    const before = definition.keys.slice(0, index).map((field) => compared(field, 'exact'));
    return { kind: 'and', parts: [...before, compared(key, 'gt')] };
  });
  return { kind: 'or', parts };
}
