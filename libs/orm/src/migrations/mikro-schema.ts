import {
  BigIntType,
  BlobType,
  BooleanType,
  DateTimeType,
  DateType,
  DecimalType,
  DoubleType,
  type EntityProperty,
  EnumType,
  FloatType,
  IntegerType,
  JsonType,
  SmallIntType,
  StringType,
  TextType,
  TimeType,
  type Type,
  UuidType,
} from '@mikro-orm/core';
import {
  type AbstractSqlPlatform,
  DatabaseSchema,
  type DatabaseTable,
  type IndexDef,
  SqlitePlatform,
} from '@mikro-orm/sql';
import { checkSql, indexPartSql } from '../constraints/check-sql.js';
import type { ColumnSpec, ColumnType, ColumnValue, IndexSpec, SchemaState, TableSpec } from './schema-state.js';

const TYPES: Readonly<Record<ColumnType, new () => Type<unknown, unknown>>> = {
  string: StringType,
  text: TextType,
  smallint: SmallIntType,
  integer: IntegerType,
  bigint: BigIntType,
  float: FloatType,
  double: DoubleType,
  decimal: DecimalType,
  boolean: BooleanType,
  datetime: DateTimeType,
  date: DateType,
  time: TimeType,
  json: JsonType,
  uuid: UuidType,
  binary: BlobType,
  enum: EnumType,
};

/** The length of a column that names none. */
export const DEFAULT_LENGTHS: Readonly<Partial<Record<ColumnType, number>>> = { string: 255, datetime: 3, time: 0 };

/** The portable name of a type, or of the type that it extends. */
export function columnTypeOf(type: Type<unknown, unknown>): ColumnType | undefined {
  const names = Object.keys(TYPES) as ColumnType[];
  return names.find((name) => type.constructor === TYPES[name]) ?? names.find((name) => type instanceof TYPES[name]);
}

/** Builds what MikroORM's comparison works on, exactly as it builds it from models. */
export function toDatabaseSchema(state: SchemaState, platform: AbstractSqlPlatform): DatabaseSchema {
  const namespace = platform.getDefaultSchemaName();
  // MikroORM passes `undefined` too where a database has no namespaces, whatever the declared type says.
  const schema = new DatabaseSchema(platform, namespace as string);
  for (const [name, spec] of Object.entries(state)) addTable(schema, name, namespace, spec, platform);
  return schema;
}

/** The type of a column in the SQL of a database. */
export function columnTypeSql(spec: ColumnSpec, platform: AbstractSqlPlatform): string {
  if (typeof spec.type !== 'string') return spec.type.sql;
  const { autoIncrement: autoincrement, values } = spec;
  const property = { ...sizeOf(spec), autoincrement, items: values === undefined ? undefined : [...values] };
  return new TYPES[spec.type]().getColumnType(property as EntityProperty, platform);
}

/** The default of a column as it stands in SQL. */
export function defaultSql(spec: ColumnSpec, platform: AbstractSqlPlatform): string | undefined {
  const { default: value } = spec;
  if (value === undefined) return undefined;
  if (typeof value === 'object') return normalized(value.sql, spec, platform);
  return normalized(typeof value === 'string' ? platform.quoteValue(value) : String(value), spec, platform);
}

/** A value of a column as it stands in SQL. */
export function valueSql(value: ColumnValue, { type }: ColumnSpec, platform: AbstractSqlPlatform): string {
  if (typeof value === 'object') return value.sql;
  return platform.quoteValue(type === 'datetime' && typeof value === 'string' ? new Date(value) : value);
}

/** Databases rewrite defaults as they store them; the comparison wants what they will show. */
function normalized(sql: string, spec: ColumnSpec, platform: AbstractSqlPlatform): string {
  return String(platform.getSchemaHelper()?.normalizeDefaultValue(sql, sizeOf(spec).length ?? 0) ?? sql);
}

/** Name of the check that keeps an `enum` column to its values. */
export function enumCheckName(table: string, column: string, platform: AbstractSqlPlatform): string {
  const name = platform.getConfig().getNamingStrategy().indexName(table, [column], 'check');
  return name.slice(0, platform.getMaxIdentifierLength());
}

function addTable(
  schema: DatabaseSchema,
  name: string,
  namespace: string | undefined,
  spec: TableSpec,
  platform: AbstractSqlPlatform,
): void {
  const table = schema.addTable(name, namespace, platform.supportsComments() ? spec.comment : undefined);
  const keys = Object.entries(spec.columns).filter(([, { primaryKey }]) => primaryKey);
  for (const [column, columnSpec] of Object.entries(spec.columns)) {
    addColumn(table, column, columnSpec, keys.length === 1, platform);
  }
  for (const [check, rule] of Object.entries(spec.checks ?? {})) {
    const expression = checkSql(rule, platform);
    table.addCheck({ name: check, expression, definition: `check (${expression})` });
  }
  table.setIndexes([
    ...Object.entries(spec.indexes ?? {}).map(([index, indexSpec]) => indexOf(index, indexSpec, platform)),
    ...primaryIndexOf(
      name,
      keys.map(([column]) => column),
      platform,
    ),
  ]);
  const qualified = (other: string) => (namespace ? `${namespace}.${other}` : other);
  const keyOf = ([constraintName, key]: [string, NonNullable<TableSpec['foreignKeys']>[string]]) => ({
    constraintName,
    columnNames: [...key.columns],
    localTableName: table.getShortestName(false),
    referencedColumnNames: [...key.references.columns],
    referencedTableName: qualified(key.references.table),
    deleteRule: key.onDelete,
    updateRule: key.onUpdate,
  });
  const foreignKeys = Object.entries(spec.foreignKeys ?? {}).map(keyOf);
  table.setForeignKeys(Object.fromEntries(foreignKeys.map((key) => [key.constraintName, key])));
}

function addColumn(
  table: DatabaseTable,
  name: string,
  spec: ColumnSpec,
  isOnlyKey: boolean,
  platform: AbstractSqlPlatform,
): void {
  const isEnum = spec.type === 'enum';
  const { length, precision, scale } = sizeOf(spec);
  // SQLite counts up in columns of its type `integer` only; they hold 64 bits all the same.
  const isSqliteCounter = spec.autoIncrement && platform instanceof SqlitePlatform;
  const type = isSqliteCounter ? 'integer' : columnTypeSql(spec, platform);
  table.addColumn({
    name,
    type,
    mappedType: platform.getMappedType(isEnum ? 'enum' : type),
    nullable: spec.nullable ?? false,
    primary: Boolean(spec.primaryKey && isOnlyKey),
    autoincrement: spec.autoIncrement ?? false,
    length,
    precision,
    scale,
    default: defaultSql(spec, platform),
    enumItems: isEnum ? [...(spec.values ?? [])] : undefined,
  });
  if (!isEnum || !platform.usesEnumCheckConstraints()) return;
  const values = (spec.values ?? []).map((value) => platform.quoteValue(value)).join(', ');
  const expression = `${platform.quoteIdentifier(name)} in (${values})`;
  const check = enumCheckName(table.name, name, platform);
  table.addCheck({ name: check, expression, definition: `check (${expression})`, columnName: name });
}

function sizeOf({ type, length, precision, scale }: ColumnSpec): Pick<ColumnSpec, 'length' | 'precision' | 'scale'> {
  if (typeof type !== 'string') return { length, precision, scale };
  const isDecimal = type === 'decimal';
  return {
    length: length ?? DEFAULT_LENGTHS[type],
    precision: precision ?? (isDecimal ? 10 : undefined),
    scale: scale ?? (isDecimal ? 0 : undefined),
  };
}

function indexOf(
  keyName: string,
  { columns, unique = false, where }: IndexSpec,
  platform: AbstractSqlPlatform,
): IndexDef {
  const part = indexPartSql(where, unique, platform);
  return {
    keyName,
    columnNames: [...columns],
    composite: columns.length > 1,
    constraint: unique && part === undefined,
    unique,
    primary: false,
    ...(part && { where: part }),
  };
}

function primaryIndexOf(table: string, columns: string[], platform: AbstractSqlPlatform): IndexDef[] {
  if (columns.length === 0) return [];
  const keyName = platform.getIndexName(table, columns, 'primary');
  const composite = columns.length > 1;
  return [{ keyName, columnNames: columns, composite, constraint: true, unique: true, primary: true }];
}
