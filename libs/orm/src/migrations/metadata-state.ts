import type { EntityProperty } from '@mikro-orm/core';
import type { AbstractSqlPlatform, DatabaseTable } from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import type { CheckSpec } from '../constraints/check-spec.js';
import { UnsupportedSchemaError } from '../errors/migration.errors.js';
import { isModel, modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { checksOf, indexNameOf, partOf } from '../models/model-constraints.js';
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
  const rules = new Map<string, PortableRules>();
  for (const meta of orm.getMetadata().getAll().values()) {
    for (const property of meta.props) {
      for (const column of property.fieldNames ?? []) properties.set(`${meta.tableName}.${column}`, property);
    }
    if (isModel(meta.class)) rules.set(meta.tableName, rulesOf(modelDefinition(meta.class), platform));
  }
  return Object.fromEntries(
    schema.getTables().map((table) => [
      table.name,
      {
        ...tableState(table, properties, platform),
        ...constraintsOf(table, rules.get(table.name) ?? NO_RULES, platform),
      },
    ]),
  );
}

/** What a model declares and MikroORM only knows as SQL of the database at hand. */
interface PortableRules {
  readonly checks: Readonly<Record<string, CheckSpec>>;
  /** Which rows indexes hold, by the indexes' names. */
  readonly parts: ReadonlyMap<string, CheckSpec>;
}

const NO_RULES: PortableRules = { checks: {}, parts: new Map() };

function rulesOf(definition: ModelDefinition, platform: AbstractSqlPlatform): PortableRules {
  const parts = new Map<string, CheckSpec>();
  for (const index of definition.indexes) {
    const part = partOf(definition, index);
    if (part) parts.set(indexNameOf(definition, index, platform), part);
  }
  return { checks: checksOf(definition), parts };
}

function constraintsOf(
  table: DatabaseTable,
  rules: PortableRules,
  platform: AbstractSqlPlatform,
): Omit<TableSpec, 'columns'> {
  const indexes = indexesOf(table, rules);
  const foreignKeys = foreignKeysOf(table);
  const checks = checksIn(table, rules, platform);
  return {
    ...(Object.keys(indexes).length > 0 ? { indexes } : {}),
    ...(Object.keys(foreignKeys).length > 0 ? { foreignKeys } : {}),
    ...(Object.keys(checks).length > 0 ? { checks } : {}),
    ...(table.comment ? { comment: table.comment } : {}),
  };
}

function tableState(
  table: DatabaseTable,
  properties: ReadonlyMap<string, EntityProperty>,
  platform: AbstractSqlPlatform,
): Pick<TableSpec, 'columns'> {
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
  if (table.getTriggers().length > 0) throw new UnsupportedSchemaError(table.name, 'a trigger');
  return { columns };
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

/** The checks of models as they declare them, those of other entities in the SQL of the database at hand. */
function checksIn(
  table: DatabaseTable,
  { checks }: PortableRules,
  platform: AbstractSqlPlatform,
): Record<string, CheckSpec> {
  const named = table.getChecks().filter(({ columnName, name }) => {
    return columnName === undefined || name !== enumCheckName(table.name, columnName, platform);
  });
  return Object.fromEntries(named.map(({ name, expression }) => [name, checks[name] ?? { sql: String(expression) }]));
}

function indexesOf(table: DatabaseTable, { parts }: PortableRules): Record<string, IndexSpec> {
  const named = table.getIndexes().filter(({ primary }) => !primary);
  return Object.fromEntries(
    named.map(({ columnNames, expression, keyName, unique, where }) => {
      if (expression) throw new UnsupportedSchemaError(table.name, 'an index by expression');
      const part = parts.get(keyName) ?? (where ? { sql: where } : undefined);
      return [keyName, { columns: columnNames, ...(unique && { unique }), ...(part && { where: part }) }];
    }),
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
