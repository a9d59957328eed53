import { Collection } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../context/database.js';
import type { Session } from '../context/session.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import { translateIntegrityError, type WriteIntent } from '../errors/integrity-errors.js';
import {
  DoesNotExistError,
  NotNullViolationError,
  UniqueViolationError,
  VersionConflictError,
} from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { FIELD_TYPES } from '../fields/types/field-types.js';
import { columnValue } from '../querysets/bound-values.js';
import { type Statement, StatementBuilder } from '../querysets/statement.js';
import { execute, type StatementResult } from '../querysets/statement-executor.js';
import { columnReader } from '../querysets/column-reader.js';
import { timezone } from '../time/timezone.js';
import { Transaction } from '../transactions/transaction.js';
import { MAX_LOST_SLUGS } from './lost-slugs.js';
import { modelDefinition, type ModelDefinition, storedFields } from './model-definition.js';
import { isStoredAtOnce } from './plain-row.js';
import { generatedKeyOf, keyCondition, storedKey } from './row-key.js';
import { checkTypes, storableValue, wrapReferences } from './row-values.js';
import { fillSlugs } from './slugs.js';
import {
  changedFields,
  forget,
  managerOf,
  markStored,
  markWritten,
  modelOf,
  restoreSnapshot,
  storedSnapshot,
} from './tracking.js';
import { valueLeftOut } from './value-left-out.js';

/** Inserts a new instance; defaults, automatic times and generated keys are set on it. */
export async function insertRow(session: Session, row: object): Promise<void> {
  const { database, em } = session;
  const definition = modelDefinition(modelOf(row));
  const slugs = new Set<unknown>();
  prepareRow(em, definition, row);
  if (!isStoredAtOnce(definition)) checkRow(definition, row);
  const [slug] = await fillSlugs(session, definition, row, slugs);
  const generated = generatedKeyOf(definition, [row]);
  const fields = storedFields(definition.model).filter((field) => field !== generated);
  const insert = (field?: FieldDefinition) => {
    const intent = { definition, operation: 'insert', fields, values: valuesOf(definition, row, fields) } as const;
    const statement = insertStatement(database, definition, fields, 1, field);
    return unlessLost(database, write(session, intent, statement), field);
  };
  let stored = await insert(slug);
  for (let lost = 1; slug && stored.affected === 0; lost++) {
    Reflect.set(row, slug.name, undefined);
    await fillSlugs(session, definition, row, slugs);
    stored = await insert(lost < MAX_LOST_SLUGS ? slug : undefined);
  }
  if (generated) Reflect.set(row, generated.name, generatedKey(database, generated, stored, 0));
  markStored(em, row);
  startCollections(definition, row);
  undoOnRollback(em, row, generated?.name);
}

/** Inserts several new instances of one model, which have been prepared, with as few statements as possible. */
export async function insertRows(
  session: Session,
  definition: ModelDefinition,
  rows: readonly object[],
): Promise<void> {
  const { database, em } = session;
  const fields = storedFields(definition.model);
  const slugs = new Set<unknown>();
  for (const row of rows) await fillSlugs(session, definition, row, slugs);
  const generated = generatedKeyOf(definition, rows);
  const written = fields.filter((field) => field !== generated);
  // Databases limit the placeholders of a statement; SQLite allows 32 766.
  const size = Math.max(1, Math.floor(30_000 / written.length));
  for (let start = 0; start < rows.length; start += size) {
    const chunk = rows.slice(start, start + size);
    const values = chunk.flatMap((row) => valuesOf(definition, row, written));
    const statement = insertStatement(database, definition, written, chunk.length);
    const result = await write(session, { definition, operation: 'insert', fields: written, values }, statement);
    for (const [index, row] of chunk.entries()) {
      if (generated) Reflect.set(row, generated.name, generatedKey(database, generated, result, index));
      markStored(em, row);
      startCollections(definition, row);
      undoOnRollback(em, row, generated?.name);
    }
  }
}

/**
 * Writes the columns that changed since the instance was read, and nothing when none did. With `named`, only those
 * among them; an empty list writes the automatic times alone.
 *
 * @throws VersionConflictError when the model counts versions and the row is no longer in the one that was read.
 * @throws DoesNotExistError when the row is gone.
 */
export async function updateRow(session: Session, row: object, named?: readonly string[]): Promise<void> {
  const { database, em } = session;
  const definition = modelDefinition(modelOf(row));
  const stored = storedSnapshot(row);
  if (!stored) throw new DoesNotExistError(definition.name);
  wrapReferences(em, definition, row);
  const key = storedKey(definition, row);
  checkTypes(definition, row);
  const changed = new Set(changedFields(em, row, stored));
  const { versionField, keys } = definition;
  const fields = storedFields(definition.model).filter(
    (field) =>
      changed.has(field.name) &&
      field !== versionField &&
      !keys.includes(field) &&
      (!named || named.includes(field.name)),
  );
  if (fields.length === 0 && named?.length !== 0) return;
  const before = new Map<string, unknown>();
  for (const field of storedFields(definition.model)) {
    if (field.auto !== 'update') continue;
    before.set(field.name, Reflect.get(row, field.name));
    if (!fields.includes(field)) fields.push(field);
    if (!changed.has(field.name)) Reflect.set(row, field.name, timezone.now());
  }
  if (fields.length === 0 && !versionField) return;
  const version = versionField ? (Reflect.get(row, versionField.name) as number | undefined) : undefined;
  const values = [...valuesOf(definition, row, fields), ...key, ...(version === undefined ? [] : [version])];
  try {
    const statement = updateStatement(database, definition, fields, version !== undefined);
    const { affected } = await write(session, { definition, operation: 'update', fields, values }, statement);
    if (affected === 0)
      throw version === undefined
        ? new DoesNotExistError(definition.name)
        : new VersionConflictError(definition.name, version);
  } catch (error) {
    for (const [name, value] of before) Reflect.set(row, name, value);
    throw error;
  }
  const names = fields.map(({ name }) => name);
  if (versionField && version !== undefined) {
    Reflect.set(row, versionField.name, version + 1);
    names.push(versionField.name);
  }
  markWritten(em, row, names);
  Transaction.of(em)?.wrote(row, () => {
    restoreSnapshot(row, stored);
    if (versionField) Reflect.set(row, versionField.name, version);
  });
}

/** Deletes the instance's row; the instance counts as new afterwards. */
export async function deleteRow(session: Session, row: object): Promise<void> {
  const { database, em } = session;
  const definition = modelDefinition(modelOf(row));
  const stored = storedSnapshot(row);
  const statement = database.statement(definition.model, 'delete-row', () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    return builder.build(
      sql`delete from ${sql.table(definition.tableName)} where ${keyCondition(builder, definition)}`,
    );
  });
  const values = storedKey(definition, row);
  const { affected } = await write(session, { definition, operation: 'delete', fields: [], values }, statement);
  if (affected === 0) throw new DoesNotExistError(definition.name);
  forget(em, row);
  const owner = managerOf(row);
  if (owner && owner !== em) forget(owner, row);
  if (stored) Transaction.of(em)?.onRollback(() => restoreSnapshot(row, stored));
}

/** A row whose creation is undone is a new one again, without the key that the database gave it. */
function undoOnRollback(em: SqlEntityManager, row: object, generatedKey: string | undefined): void {
  Transaction.of(em)?.wrote(row, () => {
    forget(em, row);
    if (generatedKey !== undefined) Reflect.deleteProperty(row, generatedKey);
  });
}

/** A new row is related to nothing yet, so its relations to many rows are known without asking. */
function startCollections({ fields }: ModelDefinition, row: object): void {
  for (const { name, relation } of fields.values()) {
    if (relation?.many && Reflect.get(row, name) === undefined) Collection.create(row, name as never, undefined, true);
  }
}

/** Sends a write, and makes one of our errors of a broken constraint. */
export async function write(
  session: Session,
  intent: WriteIntent,
  statement: Statement,
): Promise<StatementResult<{ key?: unknown }>> {
  try {
    return await execute(session, statement, intent.values);
  } catch (error) {
    throw await translateIntegrityError(session, error, intent);
  }
}

/** The key that the database gave a row; MySQL tells the first one of a statement, and the others follow it. */
function generatedKey(
  { dialect }: Database,
  field: FieldDefinition,
  { rows, insertId }: StatementResult<{ key?: unknown }>,
  index: number,
): unknown {
  const key = insertId === undefined ? rows[index]?.key : insertId + BigInt(index);
  return columnReader(dialect, field)(field.scalarKind === 'integer' && insertId !== undefined ? Number(key) : key);
}

/** MySQL has no insertion that passes over one unique column only; there the error leaves the transaction as it was. */
async function unlessLost<R>(
  { dialect }: Database,
  inserted: Promise<StatementResult<R>>,
  slug: FieldDefinition | undefined,
): Promise<StatementResult<R>> {
  if (!slug || !speaksMySql(dialect)) return inserted;
  try {
    return await inserted;
  } catch (error) {
    const isSlug = error instanceof UniqueViolationError && error.fields.length === 1 && error.fields[0] === slug.name;
    if (isSlug) return { rows: [], affected: 0 };
    throw error;
  }
}

/** Longer insertions are written each time: their text is long, and hardly two have the same number of rows. */
const REMEMBERED_ROWS = 100;

function insertStatement(
  database: Database,
  definition: ModelDefinition,
  fields: readonly FieldDefinition[],
  rows: number,
  slug?: FieldDefinition,
): Statement {
  const compile = () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const columns = fields.map(({ columnName = '' }) => sql.id(columnName));
    const key = sql.id(definition.keys[0].columnName ?? '');
    // Not as an error: that would end the transaction on PostgreSQL.
    const unlessTaken =
      slug && !speaksMySql(database.dialect) ? sql` on conflict (${sql.id(slug.columnName ?? '')}) do nothing` : sql``;
    const returning = database.dialect === 'mysql' ? sql`` : sql` returning ${key} as ${sql.id('key')}`;
    return builder.buildRows(
      sql`insert into ${sql.table(definition.tableName)} (${sql.join(columns)}) values `,
      { rows, columns: fields.length },
      sql`${unlessTaken}${returning}`,
    );
  };
  if (rows > REMEMBERED_ROWS) return compile();
  const shape = `insert ${rows} ${slug ? `unless ${slug.name} ` : ''}${fields.map(({ name }) => name).join(',')}`;
  return database.statement(definition.model, shape, compile);
}

function updateStatement(
  database: Database,
  definition: ModelDefinition,
  fields: readonly FieldDefinition[],
  checksVersion: boolean,
): Statement {
  const shape = `update ${checksVersion} ${fields.map(({ name }) => name).join(',')}`;
  return database.statement(definition.model, shape, () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const { tableName, versionField } = definition;
    const assignments: RawBuilder<unknown>[] = fields.map(
      ({ columnName = '' }) => sql`${sql.id(columnName)} = ${builder.slot()}`,
    );
    const version = versionField && sql.id(versionField.columnName ?? '');
    if (version) assignments.push(sql`${version} = ${version} + 1`);
    const condition = keyCondition(builder, definition);
    const where = version && checksVersion ? sql`${condition} and ${version} = ${builder.slot()}` : condition;
    return builder.build(sql`update ${sql.table(tableName)} set ${sql.join(assignments)} where ${where}`);
  });
}

/** The values of a row's columns as they are bound; ones of several forms take their one form on the row, too. */
export function valuesOf(definition: ModelDefinition, row: object, fields: readonly FieldDefinition[]): unknown[] {
  return fields.map((field) => {
    const value = storableValue(definition, field, Reflect.get(row, field.name));
    if (value === null && !field.nullable) throw new NotNullViolationError(definition.name, [field.name]);
    // So that the instance holds what the next read will answer.
    if (!field.relation && FIELD_TYPES[field.scalarKind].canonical) Reflect.set(row, field.name, value);
    return columnValue(field, value);
  });
}

/** Sets what a new row leaves out; answers the fields whose slugs were made and must be unique. */
export async function completeRow(
  session: Session,
  definition: ModelDefinition,
  row: object,
  slugs: Set<unknown>,
): Promise<readonly FieldDefinition[]> {
  prepareRow(session.em, definition, row);
  return fillSlugs(session, definition, row, slugs);
}

/** Sets what a new row leaves out, except slugs, which have to be looked for. */
export function prepareRow(em: SqlEntityManager, definition: ModelDefinition, row: object): void {
  wrapReferences(em, definition, row);
  fillDefaults(definition, row);
}

/**
 * Makes sure that a prepared row can be stored, as far as that can be told without the database.
 *
 * @throws InvalidValueError or NotNullViolationError when it cannot.
 */
export function checkRow(definition: ModelDefinition, row: object): void {
  const generated = generatedKeyOf(definition, [row]);
  const isMade = (field: FieldDefinition) =>
    field === generated || (field.slugFrom !== undefined && !Reflect.get(row, field.name));
  valuesOf(
    definition,
    row,
    storedFields(definition.model).filter((field) => !isMade(field)),
  );
}

/** Sets what the row does not have yet: defaults, automatic times, `null` for what may be empty. */
function fillDefaults(definition: ModelDefinition, row: object): void {
  const now = timezone.now();
  for (const field of storedFields(definition.model)) {
    if (Reflect.get(row, field.name) !== undefined) continue;
    const value = valueLeftOut(field, now);
    if (value !== undefined) Reflect.set(row, field.name, value);
  }
}
