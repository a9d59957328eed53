import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { EXACT_COLLATION, type MySqlFlavour } from '../databases/mysql/mysql-family.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import type { StatementBuilder } from './statement.js';

type Sql = RawBuilder<unknown>;

/** A list for one placeholder, whatever its length: an array on PostgreSQL, JSON that the others unfold. */
export function listValue(dialect: SqlDialect, values: readonly unknown[]): unknown {
  return dialect === 'postgresql' ? values : `[${values.map((value) => jsonItem(dialect, value)).join(',')}]`;
}

function jsonItem(dialect: SqlDialect, value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (dialect === 'sqlite') return JSON.stringify(value instanceof Date ? value.getTime() : value);
  if (value instanceof Date) return JSON.stringify(value.toISOString().replace('T', ' ').replace('Z', ''));
  return JSON.stringify(typeof value === 'boolean' ? Number(value) : value);
}

/** The SQL that tells whether a column of a field is in a list, which takes one slot. */
export function inList(builder: StatementBuilder, column: Sql, field: FieldDefinition): Sql {
  const list = builder.slot();
  switch (builder.dialect) {
    case 'postgresql':
      return sql`${column} = any(${list})`;
    case 'sqlite':
      return sql`${column} in (select value from json_each(${list}))`;
    case 'mariadb':
    case 'mysql': {
      const type = sql.raw(itemType(builder.dialect, field));
      return sql`${column} in (select item.value from json_table(${list}, '$[*]' columns (value ${type} path '$')) as item)`;
    }
  }
}

/** The column type to compare with: a text beside a number would be compared as a fraction. */
function itemType(flavour: MySqlFlavour, { relation, scalarKind, choices }: FieldDefinition): string {
  if (relation) return itemType(flavour, modelDefinition(relation.target()).primaryKey);
  switch (scalarKind) {
    case 'integer':
    case 'bigInteger':
    case 'boolean':
      return 'bigint';
    case 'float':
      return 'double';
    case 'decimal':
    case 'money':
    case 'percent':
      return 'decimal(65,30)';
    case 'datetime':
      return 'datetime(3)';
    case 'date':
      return 'date';
    case 'time':
      return 'time(6)';
    case 'enum':
      if (choices?.every((choice) => typeof choice === 'number')) return 'double';
      break;
    default:
  }
  return `longtext character set utf8mb4 collate ${EXACT_COLLATION[flavour]}`;
}
