import { sql } from 'kysely';
import type { Session } from '../context/session.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { StatementBuilder } from '../querysets/statement.js';
import { execute } from '../querysets/statement-executor.js';
import type { ModelDefinition } from './model-definition.js';
import { slugify } from './naming.js';

/**
 * Makes the slugs that a new row leaves out; where they must be unique, a number is appended to one that is taken.
 *
 * @param reserved slugs that no row in the database has but are not free either; those made here are added.
 * @returns the fields whose slugs were made and must be unique: another transaction may yet take them.
 */
export async function fillSlugs(
  session: Session,
  definition: ModelDefinition,
  row: object,
  reserved: Set<unknown>,
): Promise<readonly FieldDefinition[]> {
  const unique: FieldDefinition[] = [];
  for (const field of definition.fields.values()) {
    if (field.slugFrom === undefined) continue;
    const given: unknown = Reflect.get(row, field.name);
    if (given) {
      reserved.add(given);
      continue;
    }
    const limit = field.maxLength ?? 255;
    const slug =
      slugify(String(Reflect.get(row, field.slugFrom) ?? '')).slice(0, limit) || definition.name.toLowerCase();
    const free = field.unique ? await freeSlug(session, definition, field, slug, reserved) : slug;
    Reflect.set(row, field.name, free);
    reserved.add(free);
    if (field.unique) unique.push(field);
  }
  return unique;
}

async function freeSlug(
  session: Session,
  definition: ModelDefinition,
  field: FieldDefinition,
  slug: string,
  reserved: ReadonlySet<unknown>,
): Promise<string> {
  const { database } = session;
  const column = sql.id(field.columnName ?? '');
  const statement = database.statement(definition.model, `slugs ${field.name}`, () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const table = sql.table(definition.tableName);
    return builder.build(
      sql`select ${column} as slug from ${table} where ${column} = ${builder.slot()} or ${column} like ${builder.slot()} escape '!'`,
    );
  });
  const stem = slug.slice(0, (field.maxLength ?? 255) - 6);
  const { rows } = await execute<{ slug: string }>({ ...session, primary: true }, statement, [
    slug,
    `${stem.replace(/_/g, '!_')}-%`,
  ]);
  const taken = new Set([...rows.map((found) => found.slug), ...reserved]);
  if (!taken.has(slug)) return slug;
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}
