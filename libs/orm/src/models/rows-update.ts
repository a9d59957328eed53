import { types } from 'node:util';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { timezone } from '../time/timezone.js';
import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../context/session.js';
import {
  DoesNotExistError,
  InvalidLookupError,
  InvalidValueError,
  VersionConflictError,
} from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { givenList, givenName } from '../querysets/given-arguments.js';
import { StatementBuilder } from '../querysets/statement.js';
import { Transaction } from '../transactions/transaction.js';
import { type ModelDefinition, storedFields } from './model-definition.js';
import { writableField, wrapReferences } from './row-values.js';
import { keyCondition, storedKey } from './row-key.js';
import { valuesOf, write } from './row-writer.js';
import { markWritten, restoreSnapshot, storedSnapshot } from './tracking.js';

/** Rows per statement: each is looked for among all of them. */
const CHUNK = 100;

/**
 * Writes the named columns of stored instances by few statements, with automatic times and versions.
 *
 * @throws DoesNotExistError when a row is gone.
 * @throws VersionConflictError when somebody else wrote one since it was read (models with a version field).
 */
export async function updateRows(
  session: Session,
  definition: ModelDefinition,
  rows: readonly object[],
  names: readonly string[],
): Promise<void> {
  const named = names.map((name) => writableField(definition, name));
  const fields = storedFields(definition.model).filter((field) => named.includes(field) || field.auto === 'update');
  if (named.length === 0 || rows.length === 0) return;
  for (let start = 0; start < rows.length; start += CHUNK) {
    await updateChunk(session, definition, rows.slice(start, start + CHUNK), fields, new Set(named));
  }
}

/**
 * Makes sure that columns of instances can be written, as far as that can be told without the database.
 *
 * @throws InvalidLookupError for something that is no list of instances or of names.
 * @throws InvalidValueError for a name or a value that is wrong.
 * @throws DoesNotExistError for an instance that was never stored.
 */
export function checkRowsUpdate(
  em: SqlEntityManager,
  definition: ModelDefinition,
  rows: unknown,
  names: unknown,
): void {
  const asked = { model: definition.name, what: 'bulkUpdate' };
  const { keys, versionField } = definition;
  const named = givenList(asked, names).map((name) => writableField(definition, givenName(asked, name)));
  const fixed = named.find((field) => keys.includes(field) || field === versionField);
  if (fixed) throw new InvalidValueError(definition.name, fixed.name, 'is not written by bulkUpdate()');
  for (const row of givenList(asked, rows)) {
    if (types.isProxy(row) || !(row instanceof definition.model)) {
      throw new InvalidLookupError(definition.name, 'bulkUpdate', 'bulkUpdate takes instances of the model.');
    }
    if (!storedSnapshot(row)) throw new DoesNotExistError(definition.name);
    wrapReferences(em, definition, row);
    storedKey(definition, row);
    valuesOf(definition, row, named);
  }
}

async function updateChunk(
  session: Session,
  definition: ModelDefinition,
  rows: readonly object[],
  fields: readonly FieldDefinition[],
  named: ReadonlySet<FieldDefinition>,
): Promise<void> {
  const { em } = session;
  const { keys, versionField } = definition;
  const now = timezone.now();
  const before = rows.map((row) => {
    const stored = storedSnapshot(row);
    if (!stored) throw new DoesNotExistError(definition.name);
    const automatic = fields
      .filter((field) => !named.has(field))
      .map(({ name }) => [name, Reflect.get(row, name)] as const);
    return { row, stored, automatic, version: versionField && (Reflect.get(row, versionField.name) as number) };
  });
  const undo = () => {
    for (const { row, automatic, version } of before) {
      for (const [name, value] of automatic) Reflect.set(row, name, value);
      if (versionField) Reflect.set(row, versionField.name, version);
    }
  };
  for (const { row, automatic } of before) {
    wrapReferences(em, definition, row);
    for (const [name] of automatic) Reflect.set(row, name, now);
  }
  const keyed = [...keys, ...(versionField ? [versionField] : [])];
  const values = [
    ...fields.flatMap((field) => rows.flatMap((row) => valuesOf(definition, row, [...keys, field]))),
    ...rows.flatMap((row) => valuesOf(definition, row, keyed)),
  ];
  try {
    const statement = updateStatement(session, definition, fields, rows.length);
    const { affected } = await write(session, { definition, operation: 'update', fields, values }, statement);
    if (affected !== rows.length) {
      throw versionField
        ? new VersionConflictError(definition.name, before[0]?.version ?? 0)
        : new DoesNotExistError(definition.name);
    }
  } catch (error) {
    undo();
    throw error;
  }
  const written = [...fields, ...(versionField ? [versionField] : [])].map(({ name }) => name);
  for (const { row, version } of before) {
    if (versionField && version !== undefined) Reflect.set(row, versionField.name, version + 1);
    markWritten(em, row, written);
  }
  Transaction.of(em)?.onRollback(() => {
    for (const { row, stored } of before) restoreSnapshot(row, stored);
    undo();
  });
}

function updateStatement(
  { database, em }: Session,
  definition: ModelDefinition,
  fields: readonly FieldDefinition[],
  rows: number,
) {
  const { model, tableName, versionField } = definition;
  return database.statement(model, `update rows ${rows} ${fields.map(({ name }) => name).join()}`, () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const column = ({ columnName = '' }: FieldDefinition) => sql.id(columnName);
    const each = (make: () => RawBuilder<unknown>, separator: RawBuilder<unknown>) =>
      sql.join(Array.from({ length: rows }, make), separator);
    // PostgreSQL takes a bound value for a text where no column stands beside it.
    const type = ({ name }: FieldDefinition) =>
      sql.raw(
        em
          .getMetadata()
          .get(model)
          .properties[name as never]?.columnTypes?.[0]?.replace(/^serial$/, 'int') ?? 'text',
      );
    const value = (field: FieldDefinition) =>
      database.dialect === 'postgresql' ? sql`cast(${builder.slot()} as ${type(field)})` : builder.slot();
    const changes = fields.map(
      (field) =>
        sql`${column(field)} = case ${each(() => sql`when ${keyCondition(builder, definition)} then ${value(field)}`, sql` `)} end`,
    );
    if (versionField) changes.push(sql`${column(versionField)} = ${column(versionField)} + 1`);
    const row = () =>
      versionField
        ? sql`${keyCondition(builder, definition)} and ${column(versionField)} = ${builder.slot()}`
        : keyCondition(builder, definition);
    return builder.build(
      sql`update ${sql.table(tableName)} set ${sql.join(changes)} where ${each(() => sql`(${row()})`, sql` or `)}`,
    );
  });
}
