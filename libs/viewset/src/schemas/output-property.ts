import type { FileStorage } from '@core-framework/common';
import { compileJsonValue, hasJsonForm, type FieldDefinition, type ModelDefinition } from '@core-framework/orm';
import type { ComputedOptions } from '../metadata/viewset.metadata.js';
import type { CompiledOutput } from './output.compiler.js';
import type { RelationLoader } from './relation-loader.js';
import type { RowBudget } from './row-budget.js';
import { keyOf } from './row-key.js';
import { targetOf } from './schema-basis.js';

/** A row as it is read: plain, with the keys of related rows, or an entity. */
export type Row = Readonly<Record<string, unknown>>;

/** One property of an output: which columns it needs, what it looks like, and how it is made. */
export interface OutputProperty {
  readonly name: string;
  /** JSON Schema of the value; of a nested object, of the value beside the reference to `nested`. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly nested?: CompiledOutput;
  readonly many?: boolean;
  /** The same property with its objects shown in another way. */
  withNested?(nested: CompiledOutput): OutputProperty;
  /** The columns that a plain row must have; `undefined` asks for the entity. */
  readonly columns: readonly string[] | undefined;
  /** Whether related rows are shown because the client asked for them, so that they count against what one may ask for. */
  readonly isExpanded?: boolean;
  /** Whether it is a column of the row itself. */
  readonly isColumn: boolean;
  /** Reads the value of a column from its row; absent where the row has it in the form of JSON, instances included. */
  readonly read?: (row: Row) => unknown;
  /**
   * Makes the values of many rows at once, so that relations cost one query however many rows there are.
   *
   * @param budget what related rows count against, below a relation that the client asked for.
   */
  prepare(rows: readonly Row[], budget?: RowBudget): ((row: Row) => unknown) | Promise<(row: Row) => unknown>;
}

/** A column, the key in a foreign key's column, or the address of the file that a column names. */
export function columnProperty(field: FieldDefinition, files: Pick<FileStorage, 'url'>): OutputProperty {
  const { name, relation } = field;
  if (field.file) {
    const url = (row: Row) => (typeof row[name] === 'string' && row[name] ? files.url(row[name]) : null);
    return { name, schema: field.jsonSchema, columns: [name], isColumn: true, read: url, prepare: () => url };
  }
  const convert = compileJsonValue(field);
  const column = { name, schema: field.jsonSchema, columns: [name], isColumn: true };
  if (!relation && !hasJsonForm(field)) return { ...column, prepare: () => (row) => row[name] ?? null };
  // Plain rows are read in the form of JSON already, entities are not; whatever JSON has its own form for is a text there.
  const toJson = (value: unknown) => (typeof value === 'string' ? value : convert(value));
  const read = relation ? (row: Row) => toJson(keyOf(row[name], targetOf(field))) : (row: Row) => toJson(row[name]);
  return { ...column, read, prepare: () => read };
}

/** A related row as an object. */
export function nestedOneProperty(
  field: FieldDefinition,
  nested: CompiledOutput,
  loader: RelationLoader,
): OutputProperty {
  const target = targetOf(field);
  return {
    name: field.name,
    schema: field.nullable ? { type: ['object', 'null'] } : { type: 'object' },
    nested,
    withNested: (other) => nestedOneProperty(field, other, loader),
    columns: [field.name],
    isColumn: false,
    async prepare(rows, budget) {
      const keys = rows.map((row) => keyOf(row[field.name], target));
      const found = await loader.byKey(target, keys, { nested, budget });
      return (row) => found.get(String(keyOf(row[field.name], target))) ?? null;
    },
  };
}

/** The rows behind a relation without a column here: their keys, or objects; of a one-to-one relation the one. */
export function manyProperty(
  model: ModelDefinition,
  field: FieldDefinition,
  nested: CompiledOutput | undefined,
  loader: RelationLoader,
): OutputProperty {
  const key = model.primaryKey;
  const many = field.relation?.many ?? false;
  return {
    name: field.name,
    schema: nested ? { type: many ? 'array' : ['object', 'null'] } : field.jsonSchema,
    nested,
    many,
    withNested: (other) => manyProperty(model, field, other, loader),
    columns: [key.name],
    isColumn: false,
    async prepare(rows, budget) {
      const keys = rows.map((row) => row[key.name]);
      const found = await loader.many(model, field, keys, { nested, budget });
      const all = (row: Row) => found.get(String(row[key.name])) ?? [];
      return many ? all : (row) => all(row)[0] ?? null;
    },
  };
}

/** What a method of the schema makes of the row. */
export function computedProperty(name: string, schema: object, options: ComputedOptions): OutputProperty {
  const method = (schema as Record<string, (row: Row) => unknown>)[name]?.bind(schema);
  return {
    name,
    schema: options.schema ?? schemaOfReturn(schema, name),
    columns: options.from,
    isColumn: false,
    async prepare(rows) {
      const values = new Map(await Promise.all(rows.map(async (row) => [row, await method?.(row)] as const)));
      return (row) => values.get(row) ?? null;
    },
  };
}

const RETURNED = new Map<unknown, Readonly<Record<string, unknown>>>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Date, { type: 'string', format: 'date-time' }],
]);

function schemaOfReturn(schema: object, method: string): Readonly<Record<string, unknown>> {
  return RETURNED.get(Reflect.getMetadata('design:returntype', schema, method)) ?? {};
}
