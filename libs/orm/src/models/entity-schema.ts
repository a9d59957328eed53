import { BigIntType, DateType, DecimalType, EntitySchema, type EntitySchemaProperty } from '@mikro-orm/core';
import type { FieldDefinition, ModelClass, ScalarKind } from '../fields/field-definition.js';
import { timezone } from '../time/timezone.js';
import { linkTableOf } from './link-table.js';
import { modelDefinition, type ModelDefinition } from './model-definition.js';

const DELETE_RULES = { cascade: 'cascade', restrict: 'restrict', setNull: 'set null', noAction: 'no action' } as const;

type Property = EntitySchemaProperty<object, object>;

/** Column types as MikroORM names them; the rest are texts of limited length. */
const COLUMN_TYPES: Readonly<Partial<Record<ScalarKind, string>>> = {
  text: 'text',
  uuid: 'uuid',
  integer: 'integer',
  float: 'double',
  boolean: 'boolean',
  datetime: 'datetime',
  time: 'time',
  json: 'json',
};

function columnType(kind: ScalarKind) {
  switch (kind) {
    case 'bigInteger':
      return new BigIntType('bigint');
    case 'decimal':
    case 'money':
    case 'percent':
      return new DecimalType('string');
    case 'date':
      // By name, "date" means a point in time.
      return new DateType();
    default:
      return COLUMN_TYPES[kind] ?? 'string';
  }
}

/** Makes MikroORM's description of a model; a new one each time, because MikroORM completes it in place. */
export function entitySchemaOf(model: ModelClass): EntitySchema {
  const definition = modelDefinition(model);
  // In the order in which they make the key.
  const fields = new Set([...definition.keys, ...definition.fields.values()]);
  const properties = Object.fromEntries([...fields].map((field) => [field.name, propertyOf(definition, field)]));
  return new EntitySchema({
    class: model,
    tableName: definition.tableName,
    properties,
    uniques: indexesOf(definition, true),
    indexes: indexesOf(definition, false),
    comment: definition.comment,
  });
}

/** Those over some rows only are written differently by each database, so they are declared once it is known. */
function indexesOf({ indexes }: ModelDefinition, unique: boolean) {
  return indexes
    .filter((index) => index.unique === unique && !index.where)
    .map(({ fields, name }) => ({ name, properties: [...fields] as never }));
}

function propertyOf(definition: ModelDefinition, field: FieldDefinition): Property {
  const property = field.relation ? relationProperty(definition, field) : scalarProperty(field);
  if (!definition.keys.includes(field)) return property;
  // Or MariaDB's numbers would have no sign, as those have that it counts up itself.
  const isCounted = field.kind === 'pk' || field.relation !== undefined;
  return { ...property, primary: true, ...(!isCounted && { unsigned: false }) };
}

function scalarProperty(field: FieldDefinition): Property {
  const { auto, choices, kind, maxLength, nullable, precision, scalarKind, scale } = field;
  const numericEnum = scalarKind === 'enum' && choices?.every((choice) => typeof choice === 'number');
  const constant = field.hasDefault && ['string', 'number', 'boolean'].includes(typeof field.default);
  return {
    type: numericEnum ? 'integer' : columnType(scalarKind),
    fieldName: field.columnName,
    nullable,
    hidden: field.hidden || field.writeOnly,
    ...(kind === 'pk' && scalarKind === 'integer' && { autoincrement: true }),
    ...(kind === 'version' && { version: true }),
    ...(kind !== 'pk' && field.unique && { unique: true }),
    ...(field.indexed && !field.unique && { index: true }),
    ...(maxLength !== undefined && scalarKind !== 'text' && !numericEnum && { length: maxLength }),
    ...(scalarKind === 'datetime' && { length: 3 }),
    ...(scalarKind === 'time' && { length: 0 }),
    ...(precision !== undefined && { precision, scale }),
    ...(constant && { default: field.default as string | number | boolean }),
    // MikroORM's own unit of work keeps these too.
    ...(auto && { onCreate: () => timezone.now() }),
    ...(auto === 'update' && { onUpdate: () => timezone.now() }),
  };
}

function relationProperty(definition: ModelDefinition, field: FieldDefinition): Property {
  const { relation, nullable, unique, indexed, columnName } = field;
  if (!relation) throw new TypeError(`${field.name} is not a relation`);
  const entity = () => relation.target();
  const column = {
    entity,
    ref: true,
    nullable,
    fieldName: columnName,
    deleteRule: relation.onDelete && DELETE_RULES[relation.onDelete],
  };
  switch (relation.kind) {
    case 'foreignKey':
      return { kind: 'm:1', ...column, unique, index: indexed && !unique };
    case 'oneToOne':
      if (relation.owner) return { kind: '1:1', ...column, owner: true, unique: true };
      return { kind: '1:1', entity, ref: true, nullable: true, mappedBy: relation.mappedBy as never };
    case 'oneToMany':
      return { kind: '1:m', entity, mappedBy: relation.mappedBy as never };
    case 'manyToMany': {
      if (relation.mappedBy !== undefined) return { kind: 'm:n', entity, mappedBy: relation.mappedBy as never };
      const { name, ownColumn, targetColumn } = linkTableOf(definition, field);
      return {
        kind: 'm:n',
        entity,
        owner: true,
        pivotTable: name,
        joinColumn: ownColumn,
        inverseJoinColumn: targetColumn,
      };
    }
  }
}
