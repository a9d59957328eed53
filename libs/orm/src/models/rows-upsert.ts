import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../context/session.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import { InvalidLookupError, UniqueViolationError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { StatementBuilder } from '../querysets/statement.js';
import { type ModelDefinition, storedFields } from './model-definition.js';
import { generatedKeyOf } from './row-key.js';
import { writableField } from './row-values.js';
import { fillSlugs } from './slugs.js';
import { valuesOf, write } from './row-writer.js';

/** Databases limit the placeholders of a statement; SQLite allows 32 766. */
const PLACEHOLDERS = 30_000;

/** What happens to a new row that clashes with one that is there. */
export type ConflictRule =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'update'; readonly unique: readonly string[]; readonly update: readonly string[] };

/**
 * Inserts rows that may be there already, by few statements.
 *
 * @param rows new instances, which have been prepared.
 * @returns how many rows were inserted or updated.
 */
export async function upsertRows(
  session: Session,
  definition: ModelDefinition,
  rows: readonly object[],
  rule: ConflictRule,
): Promise<number> {
  const unique = rule.kind === 'update' ? rule.unique.map((name) => writableField(definition, name)) : [];
  const slugs = new Set<unknown>();
  for (const row of rows) await fillSlugs(session, definition, row, slugs);
  const generated = generatedKeyOf(definition, rows);
  const written = storedFields(definition.model).filter((field) => field !== generated);
  const distinct = lastOfEach(definition, rows, unique);
  if (speaksMySql(session.database.dialect))
    return upsertEach(session, definition, distinct, { written, unique, rule });
  const size = Math.max(1, Math.floor(PLACEHOLDERS / written.length));
  let affected = 0;
  for (let start = 0; start < distinct.length; start += size) {
    const chunk = distinct.slice(start, start + size);
    const values = chunk.flatMap((row) => valuesOf(definition, row, written));
    const statement = upsertStatement(session, definition, { written, unique, rows: chunk.length, rule });
    affected += (await write(session, { definition, operation: 'insert', fields: written, values }, statement))
      .affected;
  }
  return affected;
}

/**
 * MySQL cannot say in which unique fields a row may clash: one is inserted after the other, and what clashes in these
 * fields is updated. An error leaves the transaction there as it was.
 */
async function upsertEach(
  session: Session,
  definition: ModelDefinition,
  rows: readonly object[],
  { written, unique, rule }: Omit<UpsertPlan, 'rows'>,
): Promise<number> {
  const { dialect, kysely } = session.database;
  const insert = new StatementBuilder(dialect, kysely).buildRows(
    insertionSql(definition, written),
    { rows: 1, columns: written.length },
    sql``,
  );
  const update = new StatementBuilder(dialect, kysely);
  const changed = changedFields(written, rule);
  const changes = changed.map(({ columnName = '' }) => sql`${sql.id(columnName)} = ${update.slot()}`);
  const version = definition.versionField?.columnName;
  if (version) changes.push(sql`${sql.id(version)} = ${sql.id(version)} + 1`);
  const same = unique.map(({ columnName = '' }) => sql`${sql.id(columnName)} = ${update.slot()}`);
  let affected = 0;
  for (const row of rows) {
    const values = valuesOf(definition, row, written);
    try {
      affected += (await write(session, { definition, operation: 'insert', fields: written, values }, insert)).affected;
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
      if (rule.kind === 'ignore') continue;
      if ([...error.fields].sort().join() !== [...rule.unique].sort().join()) throw error;
      const fields = [...changed, ...unique];
      const intent = { definition, operation: 'update', fields, values: valuesOf(definition, row, fields) } as const;
      const statement = update.build(
        sql`update ${sql.table(definition.tableName)} set ${sql.join(changes)} where ${sql.join(same, sql` and `)}`,
      );
      affected += (await write(session, intent, statement)).affected;
    }
  }
  return affected;
}

function insertionSql({ tableName }: ModelDefinition, written: readonly FieldDefinition[]) {
  const columns = sql.join(written.map(({ columnName = '' }) => sql.id(columnName)));
  return sql`insert into ${sql.table(tableName)} (${columns}) values `;
}

function changedFields(written: readonly FieldDefinition[], rule: ConflictRule): readonly FieldDefinition[] {
  return rule.kind === 'ignore'
    ? []
    : written.filter(({ auto, name }) => rule.update.includes(name) || auto === 'update');
}

interface UpsertPlan {
  readonly written: readonly FieldDefinition[];
  readonly unique: readonly FieldDefinition[];
  readonly rows: number;
  readonly rule: ConflictRule;
}

function upsertStatement(
  { database }: Session,
  definition: ModelDefinition,
  { written, unique, rows, rule }: UpsertPlan,
) {
  const builder = new StatementBuilder(database.dialect, database.kysely);
  const insert = (conflict: RawBuilder<unknown>) =>
    builder.buildRows(
      insertionSql(definition, written),
      { rows, columns: written.length },
      sql` on conflict ${conflict}`,
    );
  if (rule.kind === 'ignore') return insert(sql`do nothing`);
  const changed = changedFields(written, rule);
  const changes = changed.map(({ columnName = '' }) => sql`${sql.id(columnName)} = ${sql.id('excluded', columnName)}`);
  const version = definition.versionField?.columnName;
  if (version) changes.push(sql`${sql.id(version)} = ${sql.id(definition.tableName, version)} + 1`);
  const target = sql.join(unique.map(({ columnName = '' }) => sql.id(columnName)));
  return insert(sql`(${target}) do update set ${sql.join(changes)}`);
}

/** No statement may write one row twice on PostgreSQL: of rows that are the same, the last one counts. */
function lastOfEach(
  definition: ModelDefinition,
  rows: readonly object[],
  unique: readonly FieldDefinition[],
): readonly object[] {
  if (unique.length === 0) return rows;
  const last = new Map(rows.map((row) => [valuesOf(definition, row, unique).map(String).join('\0'), row]));
  return [...last.values()];
}

/** @throws InvalidLookupError when the fields that decide what is the same row are not declared unique. */
export function checkUnique(
  { fields, keys, name: model, uniqueTogether }: ModelDefinition,
  names: readonly string[],
): void {
  const [only = ''] = names;
  const wanted = [...names].sort().join();
  const known =
    (names.length === 1 && fields.get(only)?.unique === true) ||
    [keys.map(({ name }) => name), ...uniqueTogether].some((together) => [...together].sort().join() === wanted);
  if (known) return;
  throw new InvalidLookupError(
    model,
    names.join(),
    `updateConflicts names ${names.join(', ') || 'no field'}, which is not unique.`,
    'Name one unique field, or fields that are unique together.',
  );
}
