import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import { aliveCondition, type Condition } from './condition.js';
import type { QueryState } from './query-state.js';

/** What the rows of a query have to meet, soft deletion included. */
export function visibleRows(model: ModelClass, { where, deleted }: QueryState): Condition | undefined {
  if (deleted === 'with' || !modelDefinition(model).deletedField) return where;
  const alive = aliveCondition(model);
  if (!alive) return where;
  const wanted: Condition = deleted === 'only' ? { kind: 'not', part: alive } : alive;
  return where ? { kind: 'and', parts: [where, wanted] } : wanted;
}
