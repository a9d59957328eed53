import type { FieldDefinition, ModelDefinition } from '@core-framework/orm';
import { targetOf } from './schema-basis.js';

/** The fields that a path like `author__email` leads through, or nothing when there is no such path. */
export function followPath(model: ModelDefinition, path: string): readonly FieldDefinition[] | undefined {
  const fields: FieldDefinition[] = [];
  let current: ModelDefinition | undefined = model;
  for (const name of path.split('__')) {
    const field: FieldDefinition | undefined = current?.fields.get(name);
    if (!field) return undefined;
    fields.push(field);
    current = field.relation && targetOf(field);
  }
  return fields;
}

/** Whether every step has a column, so that the path leads to one value. */
export function isSingleValued(fields: readonly FieldDefinition[]): boolean {
  return fields.every(({ columnName }) => columnName !== undefined);
}
