import { timezone } from '../time/timezone.js';
import { sql } from 'kysely';
import { translateIntegrityError } from '../errors/integrity-errors.js';
import { NotNullViolationError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { columnValue } from '../querysets/bound-values.js';
import { givenRecord } from '../querysets/given-arguments.js';
import type { ColumnPath } from '../querysets/query-state.js';
import { describeColumns } from '../querysets/select-statement.js';
import { returningSql } from '../querysets/returning.js';
import { type Statement, StatementBuilder } from '../querysets/statement.js';
import { execute, type Target } from '../querysets/statement-executor.js';
import { type ModelDefinition, storedFields } from './model-definition.js';
import { storableValue, writableField } from './row-values.js';
import { valueLeftOut } from './value-left-out.js';

type Row = Record<string, unknown>;

/** Whether rows of a model can be stored by one statement that is known beforehand: a slug has to be looked for first. */
export function isStoredAtOnce({ fields }: ModelDefinition): boolean {
  return ![...fields.values()].some(({ slugFrom }) => slugFrom !== undefined);
}

/**
 * Stores a new row without making an instance of it, and answers columns of the row as the database then has it. What the
 * values leave out is what a new instance would have.
 */
export async function insertPlainRow(
  target: Target,
  definition: ModelDefinition,
  values: object,
  columns: readonly ColumnPath[],
): Promise<Row> {
  const fields: FieldDefinition[] = [];
  const bound: unknown[] = [];
  for (const [field, value] of completed(definition, values)) {
    fields.push(field);
    bound.push(bindable(definition, field, value));
  }
  try {
    const { rows } = await execute<Row>(target, insertion(target, definition, fields, columns), bound);
    return rows[0] ?? {};
  } catch (error) {
    throw await translateIntegrityError(target, error, { definition, operation: 'insert', fields, values: bound });
  }
}

function insertion(
  { database }: Target,
  definition: ModelDefinition,
  fields: readonly FieldDefinition[],
  columns: readonly ColumnPath[],
): Statement {
  const shape = `insert ${fields.map(({ name }) => name).join()} returning ${describeColumns(columns)}`;
  return database.statement(definition.model, shape, () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const written = sql.join(fields.map(({ columnName = '' }) => sql.id(columnName)));
    const slots = sql.join(fields.map(() => builder.slot()));
    const returning = returningSql(definition.name, columns);
    return builder.build(
      sql`insert into ${sql.table(definition.tableName)} (${written}) values (${slots})${returning}`,
    );
  });
}

/** The values of all columns but a key that the database generates. */
function completed(definition: ModelDefinition, given: object): [FieldDefinition, unknown][] {
  const values = givenRecord({ model: definition.name, what: 'createRow' }, given);
  for (const name of Object.keys(values)) writableField(definition, name);
  // Its initialisers are defaults, too.
  const initial = new definition.model();
  const now = timezone.now();
  const complete: [FieldDefinition, unknown][] = [];
  for (const field of storedFields(definition.model)) {
    let value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    if (value === undefined) value = (initial as Row)[field.name];
    if (value === undefined) value = valueLeftOut(field, now);
    if (value !== undefined || !isOnlyKey(definition, field)) complete.push([field, value]);
  }
  return complete;
}

function isOnlyKey({ keys }: ModelDefinition, field: FieldDefinition): boolean {
  return keys.length === 1 && keys[0] === field;
}

function bindable(definition: ModelDefinition, field: FieldDefinition, value: unknown): unknown {
  const stored = storableValue(definition, field, value);
  if (stored === null && !field.nullable) throw new NotNullViolationError(definition.name, [field.name]);
  return columnValue(field, stored);
}
