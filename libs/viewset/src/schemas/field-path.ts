import type { FieldDefinition, ModelDefinition } from '@core-framework/orm';
import { isReadable } from './output-schema.js';
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

/** The fields of a path all of which clients may know of. */
export function readablePath(model: ModelDefinition, path: string): readonly FieldDefinition[] | undefined {
  const fields = followPath(model, path);
  return fields?.every(isReadable) ? fields : undefined;
}

/** The names of a model's fields that clients may know of. */
export function readableNames({ fields }: ModelDefinition): readonly string[] {
  return [...fields.values()].filter(isReadable).map(({ name }) => name);
}

/** Whether every step has a column, so that the path leads to one value. */
export function isSingleValued(fields: readonly FieldDefinition[]): boolean {
  return fields.every(({ columnName }) => columnName !== undefined);
}
