import type { ModelDefinition } from '@core-framework/orm';

/** Whether two keys are of one row; big integers are texts in JSON, and keys of callers may be either. */
export function isSameKey(one: unknown, other: unknown): boolean {
  return String(one) === String(other);
}

/** The key of a related row, whatever stands for it: the key itself, a reference or the row. */
export function keyOf(value: unknown, target: ModelDefinition): unknown {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? (value as Record<string, unknown>)[target.primaryKey.name] : value;
}
