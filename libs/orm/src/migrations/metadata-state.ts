import type { EntityProperty } from '@mikro-orm/core';
import type { AbstractSqlPlatform, DatabaseTable } from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import { UnsupportedSchemaError } from '../errors/migration.errors.js';
import { columnTypeOf, columnTypeSql, DEFAULT_LENGTHS, enumCheckName } from './mikro-schema.js';
import type {
  ColumnSpec,
  ColumnType,
  ForeignKeySpec,
  IndexSpec,
  ReferentialAction,
  SchemaState,
  TableSpec,
} from './schema-state.js';

/** MikroORM's names of types, by which a property says what it is whatever the database. */
const TYPE_NAMES: Readonly<Record<string, ColumnType>> = {
  string: 'string',
  text: 'text',
  smallint: 'smallint',
  tinyint: 'smallint',
  integer: 'integer',
  number: 'integer',
  bigint: 'bigint',
  float: 'float',
  double: 'double',
  decimal: 'decimal',
  boolean: 'boolean',
  datetime: 'datetime',
  date: 'datetime',
  time: 'time',
  json: 'json',
  uuid: 'uuid',
  blob: 'binary',
};
/** Describes the tables that the models of an application want, in the portable terms of migrations. */
export function metadataState(orm: SqlOrm): SchemaState {
  const platform = orm.em.getPlatform();
  const schema = orm.schema.getTargetSchema();
  if (schema.getViews().length > 0) throw new UnsupportedSchemaError(schema.getViews()[0]?.name ?? '', 'a view');
  const properties = new Map<string, EntityProperty>();
  for (const { tableName, props } of orm.getMetadata().getAll().values()) {
    for (const property of props) {
      for (const column of property.fieldNames ?? []) properties.set(`${tableName}.${column}`, property);
    }
  }
  return Object.fromEntries(schema.getTables().map((table) => [table.name, tableState(table, properties, platform)]));
}

function tableState(
  table: DatabaseTable,
  properties: ReadonlyMap<string, EntityProperty>,
  platform: AbstractSqlPlatform,
): TableSpec {
  const keys = table.getPrimaryKey()?.columnNames ?? [];
  const columns: Record<string, ColumnSpec> = {};
  for (const column of table.getColumns()) {
    const property = properties.get(`${table.name}.${column.name}`);
    if (property === undefined || column.generated) throw new UnsupportedSchemaError(table.name, 'a computed column');
    columns[column.name] = {
      ...typeOf(property, column.name, platform),
      ...(column.nullable ? { nullable: true } : {}),
      ...defaultOf(property, column.default),
      ...(keys.includes(column.name) ? { primaryKey: true } : {}),
      ...(column.autoincrement ? { autoIncrement: true } : {}),
    };
  }
  checkSupported(table, columns, platform);
  const indexes = indexesOf(table);
  const foreignKeys = foreignKeysOf(table);
  return {
    columns,
    ...(Object.keys(indexes).length > 0 ? { indexes } : {}),
    ...(Object.keys(foreignKeys).length > 0 ? { foreignKeys } : {}),
  };
}

function typeOf(
  property: EntityProperty,
  column: string,
  platform: AbstractSqlPlatform,
): Partial<ColumnSpec> & Pick<ColumnSpec, 'type'> {
  const position = Math.max(property.fieldNames.indexOf(column), 0);
  const key = property.targetMeta?.getPrimaryProps()[position];
  if (key !== undefined && property.kind !== 'scalar') return typeOf(key, key.fieldNames[0] ?? column, platform);
  const declared = property.columnTypes[position] ?? '';
  if (property.enum && property.items?.every((item) => typeof item === 'string')) {
    return { type: 'enum', values: property.items.map(String) };
  }
  const type = property.customType ? columnTypeOf(property.customType) : TYPE_NAMES[property.type.toLowerCase()];
  if (type === undefined) return { type: { sql: declared } };
  const spec: ColumnSpec = { type, ...sizeOf(type, property) };
  // PostgreSQL calls the type of a counter "serial", and that of what refers to it "int".
  const counter = { ...spec, autoIncrement: property.autoincrement };
  const isDeclared = [spec, counter].some((candidate) => columnTypeSql(candidate, platform) === declared);
  return isDeclared ? spec : { type: { sql: declared } };
}

function sizeOf(type: ColumnType, { length, precision, scale }: EntityProperty): Partial<ColumnSpec> {
  if (type === 'decimal') return { precision: precision ?? 10, scale: scale ?? 0 };
  if (length === undefined || !(type in DEFAULT_LENGTHS) || length === DEFAULT_LENGTHS[type]) return {};
  return { length };
}

function defaultOf({ default: value }: EntityProperty, sql: string | null | undefined): Partial<ColumnSpec> {
  if (sql === undefined || sql === null || sql === 'null') return {};
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return { default: value };
  if (sql === 'true' || sql === 'false') return { default: sql === 'true' };
  if (/^-?\d+(\.\d+)?$/.test(sql)) return { default: Number(sql) };
  if (/^'(?:[^']|'')*'$/.test(sql)) return { default: sql.slice(1, -1).replaceAll("''", "'") };
  return { default: { sql } };
}

function checkSupported(table: DatabaseTable, columns: TableSpec['columns'], platform: AbstractSqlPlatform): void {
  const enumChecks = Object.entries(columns).flatMap(([name, { type }]) =>
    type === 'enum' ? [enumCheckName(table.name, name, platform)] : [],
  );
  if (table.getChecks().some(({ name }) => !enumChecks.includes(name))) {
    throw new UnsupportedSchemaError(table.name, 'a check constraint');
  }
  if (table.getTriggers().length > 0) throw new UnsupportedSchemaError(table.name, 'a trigger');
  if (table.getIndexes().some(({ expression, where }) => expression || where)) {
    throw new UnsupportedSchemaError(table.name, 'an index with an expression or a condition');
  }
}

function indexesOf(table: DatabaseTable): Record<string, IndexSpec> {
  const named = table.getIndexes().filter(({ primary }) => !primary);
  return Object.fromEntries(
    named.map(({ keyName, columnNames, unique }) => [keyName, { columns: columnNames, ...(unique ? { unique } : {}) }]),
  );
}

function foreignKeysOf(table: DatabaseTable): Record<string, ForeignKeySpec> {
  return Object.fromEntries(
    Object.values(table.getForeignKeys()).map((key) => [
      key.constraintName,
      {
        columns: key.columnNames,
        references: { table: key.referencedTableName.split('.').at(-1) ?? '', columns: key.referencedColumnNames },
        ...(key.deleteRule ? { onDelete: key.deleteRule as ReferentialAction } : {}),
        ...(key.updateRule ? { onUpdate: key.updateRule as ReferentialAction } : {}),
      },
    ]),
  );
}
