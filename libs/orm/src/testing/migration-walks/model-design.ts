import { Field } from '../../fields/field.decorator.js';
import type { ModelClass, OnDelete } from '../../fields/field-definition.js';
import { Model } from '../../models/model.decorator.js';
import { PlainModel } from '../../models/plain.model.js';
import { Q } from '../../querysets/q.js';

/** The kinds of fields that walks use. */
export const SCALAR_KINDS = [
  'string',
  'text',
  'integer',
  'bigInteger',
  'float',
  'decimal',
  'boolean',
  'datetime',
  'date',
  'time',
  'json',
  'uuid',
  'enum',
] as const;

type DesignKind = (typeof SCALAR_KINDS)[number];

/** A field of a model that a walk made up; walks change it in place. */
export interface FieldDesign {
  name: string;
  kind: DesignKind | 'foreignKey' | 'manyToMany';
  nullable: boolean;
  /** Whether rows have always had to have a value. */
  everRequired: boolean;
  unique: boolean;
  index: boolean;
  maxLength: number;
  hasDefault: boolean;
  /** Whether no two rows share a value. */
  distinct: boolean;
  /** The model that it leads to. */
  target?: string;
  onDelete: OnDelete;
}

/** A model that a walk made up. */
export interface ModelDesign {
  /** Stays the same whatever becomes of the table's name. */
  readonly key: string;
  table: string;
  readonly pk: 'integer' | 'bigInteger' | 'uuid' | 'string' | 'composite';
  /** One of the fields, where the key is made of that and a number. */
  readonly keyPart?: FieldDesign;
  fields: FieldDesign[];
  /** Fields that have a rule. */
  checked: string[];
  /** Sets of fields that are unique together. */
  uniqueTogether: string[][];
  indexes: string[][];
  /** Fields with an index over some rows only. */
  partial: string[];
  comment?: string;
}

/** Makes models of a design; they are new classes each time. */
export function modelsOf(design: readonly ModelDesign[]): ReadonlyMap<string, ModelClass> {
  const models = new Map<string, ModelClass>();
  for (const { key } of design) {
    const model = class extends PlainModel {};
    Object.defineProperty(model, 'name', { value: key });
    models.set(key, model);
  }
  for (const model of design) {
    const type = models.get(model.key) as ModelClass;
    (model.pk === 'composite' ? Field.integer() : Field.pk({ type: model.pk }))(type.prototype, 'id');
    for (const field of model.fields) decoratorOf(field, models)(type.prototype, field.name);
    Model({
      tableName: model.table,
      ...(model.keyPart && { primaryKey: [model.keyPart.name, 'id'] }),
      unique: model.uniqueTogether,
      indexes: [
        ...model.indexes,
        ...model.partial.map((name) => ({
          fields: [name],
          name: `${model.table}_${name}_part`,
          where: Q({ [`${name}__gt`]: 5 }),
        })),
      ],
      checks: Object.fromEntries(
        model.checked.map((name) => [`${name}_range`, Q({ [`${name}__range`]: [-1000, 1_000_000] })]),
      ),
      comment: model.comment,
    })(type);
  }
  return models;
}

function decoratorOf(field: FieldDesign, models: ReadonlyMap<string, ModelClass>): PropertyDecorator {
  const { index, kind, maxLength, nullable, unique } = field;
  const options = { nullable, unique, index };
  const target = () => models.get(field.target ?? '') as ModelClass;
  switch (kind) {
    case 'foreignKey':
      return Field.foreignKey(target, { nullable, onDelete: field.onDelete });
    case 'manyToMany':
      return Field.manyToMany(target);
    case 'string':
      return Field.string({ ...options, maxLength, ...(field.hasDefault && { default: `d${maxLength}` }) });
    case 'enum':
      return Field.enum({ ...options, choices: ['one', 'two', 'three'], ...(field.hasDefault && { default: 'two' }) });
    case 'decimal':
      return Field.decimal({ ...options, precision: 12, scale: 3, ...(field.hasDefault && { default: '1.500' }) });
    case 'integer':
      return Field.integer({ ...options, ...(field.hasDefault && { default: maxLength }) });
    case 'float':
      return Field.float({ ...options, ...(field.hasDefault && { default: 0.25 }) });
    case 'boolean':
      return Field.boolean({ ...options, ...(field.hasDefault && { default: true }) });
    default:
      return Field[kind](options);
  }
}

/** A value of a field for a row; no two numbers give the same where the kind has enough values. */
export function valueOf({ kind }: FieldDesign, number: number): unknown {
  switch (kind) {
    case 'string':
    case 'text':
      return `it's ${number}`;
    case 'integer':
      return number;
    case 'bigInteger':
      return BigInt(number);
    case 'float':
      return number + 0.5;
    case 'decimal':
      return `${number}.125`;
    case 'boolean':
      return number % 2 === 0;
    case 'datetime':
      return new Date(Date.UTC(2026, 0, 1) + number * 1001);
    case 'date':
      return new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10);
    case 'time':
      return `0${number % 10}:00:01`;
    case 'json':
      return { n: number };
    case 'uuid':
      return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    case 'enum':
      return ['one', 'two', 'three'][number % 3];
    default:
      return undefined;
  }
}

/** What rows get in a field that becomes required. */
export function fillOf({ kind }: FieldDesign): string | number | boolean {
  switch (kind) {
    case 'integer':
    case 'bigInteger':
    case 'float':
    case 'decimal':
      return 7;
    case 'boolean':
      return true;
    case 'datetime':
      return '2026-02-03T04:05:06.789Z';
    case 'date':
      return '2026-02-03';
    case 'time':
      return '04:05:06';
    case 'json':
      return '{"a": [1, "it\'s"]}';
    case 'uuid':
      return '00000000-0000-4000-8000-000000000000';
    case 'enum':
      return 'three';
    default:
      return `it's "filled"`;
  }
}
