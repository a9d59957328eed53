import type { FieldDefinition } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition } from './model-definition.js';
import { snakeCase } from './naming.js';

/** The table of pairs behind a many-to-many relation, seen from one of its sides. */
export interface LinkTable {
  readonly name: string;
  /** Column that points to the side it is seen from. */
  readonly ownColumn: string;
  readonly targetColumn: string;
}

/** Finds the table of pairs of a many-to-many relation from either side. */
export function linkTableOf(definition: ModelDefinition, field: FieldDefinition): LinkTable {
  const { relation } = field;
  if (relation?.kind !== 'manyToMany') throw new TypeError(`${definition.name}.${field.name} has no link table`);
  const target = modelDefinition(relation.target());
  if (relation.mappedBy !== undefined) {
    const owner = target.fields.get(relation.mappedBy);
    if (!owner) throw new TypeError(`${target.name} has no field ${relation.mappedBy}`);
    const { name, ownColumn, targetColumn } = linkTableOf(target, owner);
    return { name, ownColumn: targetColumn, targetColumn: ownColumn };
  }
  const own = `${snakeCase(definition.name)}_id`;
  const other = `${snakeCase(target.name)}_id`;
  return {
    name: relation.linkTableName ?? `${definition.tableName}_${snakeCase(field.name)}`,
    ownColumn: own === other ? `from_${own}` : own,
    targetColumn: own === other ? `to_${other}` : other,
  };
}
