import { sql } from 'kysely';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { modelDefinition, type ModelDefinition } from '../models/model-definition.js';
import { StatementBuilder } from '../querysets/statement.js';
import { execute, type Target } from '../querysets/statement-executor.js';
import {
  CheckViolationError,
  ForeignKeyViolationError,
  NotNullViolationError,
  ProtectedError,
  TooLongForIndexError,
  UniqueViolationError,
} from './orm.errors.js';
import { type Violation, violationOf } from './violations.js';

/** An entry of an index of PostgreSQL has at most 2704 bytes; what is shorter together with its head is not too long. */
const SHORTEST_TOO_LONG = 2600;

/** What a statement was to write. */
export interface WriteIntent {
  readonly definition: ModelDefinition;
  readonly operation: 'insert' | 'update' | 'delete';
  /** The fields that were to be written, and their values in the same order. */
  readonly fields: readonly FieldDefinition[];
  readonly values: readonly unknown[];
}

/** Makes one of our errors of a driver's complaint about a broken constraint; other errors stay what they are. */
export async function translateIntegrityError(
  target: Target,
  error: unknown,
  { definition, operation, fields, values }: WriteIntent,
): Promise<unknown> {
  const violation = violationOf(target.database.dialect, error);
  if (!violation) return error;
  const columns =
    violation.columns.length > 0 ? violation.columns : await constrainedColumns(target, definition, violation);
  const named = columns.map((column) => fieldOfColumn(definition, column));
  switch (violation.kind) {
    case 'unique':
      return new UniqueViolationError(definition.name, named, error);
    case 'check':
      return new CheckViolationError(definition.name, violation.constraint ?? '', error, named);
    case 'tooLong':
      return new TooLongForIndexError(definition.name, longTexts(fields, values), error);
    case 'notNull':
      return new NotNullViolationError(definition.name, named, error);
    case 'foreignKey': {
      if (operation === 'delete') return new ProtectedError(definition.name, error);
      const dangling = named.length > 0 ? named : await danglingRelations(target, fields, values);
      return new ForeignKeyViolationError(definition.name, dangling, error);
    }
  }
}

/** PostgreSQL does not say which value is too long for an index, so those are named that may be. */
function longTexts(fields: readonly FieldDefinition[], values: readonly unknown[]): readonly string[] {
  const names = new Set<string>();
  for (const [index, value] of values.entries()) {
    const field = fields[index % fields.length];
    if (field && typeof value === 'string' && Buffer.byteLength(value) > SHORTEST_TOO_LONG) names.add(field.name);
  }
  const indexed = fields.filter(({ name, unique, indexed: isIndexed }) => names.has(name) && (unique || isIndexed));
  return indexed.length > 0 ? indexed.map(({ name }) => name) : [...names];
}

function fieldOfColumn({ fields }: ModelDefinition, column: string): string {
  for (const field of fields.values()) if (field.columnName === column) return field.name;
  return column;
}

/** MySQL names the index that was broken, and none of them the columns of a check, other than by its name. */
async function constrainedColumns(
  { database, em }: Target,
  definition: ModelDefinition,
  { kind, constraint }: Violation,
): Promise<readonly string[]> {
  const { tableName, fields } = definition;
  if (kind === 'check') {
    const column = [...fields.values()].find(
      ({ columnName = '' }) => constraint === `${tableName}_${columnName}_check`,
    );
    return column?.columnName === undefined ? [] : [column.columnName];
  }
  if (kind !== 'unique' || !speaksMySql(database.dialect)) return [];
  const builder = new StatementBuilder(database.dialect, database.kysely);
  const statement = builder.build(
    sql`select column_name as name from information_schema.statistics where table_schema = database() and table_name = ${builder.slot()} and index_name = ${builder.slot()} order by seq_in_index`,
  );
  const { rows } = await execute<{ name: string }>({ database, em }, statement, [tableName, constraint]);
  return rows.map(({ name }) => name);
}

/** SQLite does not say which key leads nowhere, so the rows they point to are looked for. */
async function danglingRelations(
  target: Target,
  fields: readonly FieldDefinition[],
  values: readonly unknown[],
): Promise<string[]> {
  const { database } = target;
  const dangling: string[] = [];
  for (const [index, field] of fields.entries()) {
    const value = values[index];
    if (!field.relation || value === null) continue;
    const { tableName, primaryKey } = modelDefinition(field.relation.target());
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const statement = builder.build(
      sql`select 1 from ${sql.table(tableName)} where ${sql.id(primaryKey.columnName ?? '')} = ${builder.slot()}`,
    );
    const { rows } = await execute(target, statement, [value]);
    if (rows.length === 0) dangling.push(field.name);
  }
  return dangling;
}
