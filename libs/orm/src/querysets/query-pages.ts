import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import type { Condition } from './condition.js';
import { QueryRunner } from './query-runner.js';
import type { QueryState } from './query-state.js';

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
  const { primaryKey } = definition;
  const order = [{ key: primaryKey.name, path: [], field: primaryKey, descending: false }];
  let where = state.where;
  for (;;) {
    const em = new QueryRunner(model, state).em.fork({ keepTransactionContext: true, disableContextResolution: true });
    const page = await new QueryRunner(model, { ...state, where, order, limit, em }).instances();
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    const beyond: Condition = {
      kind: 'comparison',
      lookup: { key: `${primaryKey.name}__gt`, definition, path: [], field: primaryKey, name: 'gt' },
      form: 'values',
      values: [Reflect.get(last, primaryKey.name)],
    };
    where = state.where ? { kind: 'and', parts: [state.where, beyond] } : beyond;
  }
}
