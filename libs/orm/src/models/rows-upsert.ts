import { sql } from 'kysely';
import type { Session } from '../context/session.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { StatementBuilder } from '../querysets/statement.js';
import { type ModelDefinition, storedFields } from './model-definition.js';
import { writableField } from './row-values.js';
import { completeRow, valuesOf, write } from './row-writer.js';

/** Databases limit the placeholders of a statement; SQLite allows 32 766. */
const PLACEHOLDERS = 30_000;

/** What happens to a new row that clashes with one that is there. */
export type ConflictRule =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'update'; readonly unique: readonly string[]; readonly update: readonly string[] };

/**
 * Inserts rows that may be there already, by few statements.
 *
 * @returns how many rows were inserted or updated.
 * @throws InvalidLookupError when the fields that decide what is the same row are not declared unique.
 */
export async function upsertRows(
  session: Session,
  definition: ModelDefinition,
  rows: readonly object[],
  rule: ConflictRule,
): Promise<number> {
  const unique = rule.kind === 'update' ? rule.unique.map((name) => writableField(definition, name)) : [];
  if (rule.kind === 'update') checkUnique(definition, rule.unique);
  const slugs = new Set<unknown>();
  for (const row of rows) await completeRow(session, definition, row, slugs);
  const { primaryKey } = definition;
  const generatesKey = rows.every((row) => Reflect.get(row, primaryKey.name) === undefined);
  const written = storedFields(definition.model).filter((field) => field !== primaryKey || !generatesKey);
  const distinct = lastOfEach(definition, rows, unique);
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
  const table = sql.table(definition.tableName);
  const columns = sql.join(written.map(({ columnName = '' }) => sql.id(columnName)));
  const tuples = Array.from({ length: rows }, () => sql`(${sql.join(written.map(() => builder.slot()))})`);
  const inserting = sql`insert into ${table} (${columns}) values ${sql.join(tuples)} on conflict`;
  if (rule.kind === 'ignore') return builder.build(sql`${inserting} do nothing`);
  const changed = written.filter(({ auto, name }) => rule.update.includes(name) || auto === 'update');
  const changes = changed.map(({ columnName = '' }) => sql`${sql.id(columnName)} = ${sql.id('excluded', columnName)}`);
  const version = definition.versionField?.columnName;
  if (version) changes.push(sql`${sql.id(version)} = ${sql.id(definition.tableName, version)} + 1`);
  const target = sql.join(unique.map(({ columnName = '' }) => sql.id(columnName)));
  return builder.build(sql`${inserting} (${target}) do update set ${sql.join(changes)}`);
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

function checkUnique(
  { fields, name: model, primaryKey, uniqueTogether }: ModelDefinition,
  names: readonly string[],
): void {
  const [only = ''] = names;
  const wanted = [...names].sort().join();
  const known =
    names.length === 1
      ? fields.get(only)?.unique === true || only === primaryKey.name
      : uniqueTogether.some((together) => [...together].sort().join() === wanted);
  if (known) return;
  throw new InvalidLookupError(
    model,
    names.join(),
    `updateConflicts names ${names.join(', ') || 'no field'}, which is not unique.`,
    'Name one unique field, or fields that are unique together.',
  );
}
