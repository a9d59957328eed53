import type { Database } from '../context/database.js';
import type { ModelClass } from '../fields/field-definition.js';
import { EVERYTHING } from './query-state.js';
import { QuerySet } from './query-set.js';

/**
 * All rows of a model: where every query starts. `Class.objects` follows the work in hand; one that is injected
 * belongs to the application that injects it.
 */
export class Manager<T extends object> extends QuerySet<T> {
  constructor(model: ModelClass<T>, database?: Database) {
    super(model, database ? { ...EVERYTHING, database } : EVERYTHING);
  }
}
