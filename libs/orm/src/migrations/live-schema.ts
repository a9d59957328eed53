import { DatabaseSchema, SchemaComparator, type SchemaDifference } from '@mikro-orm/sql';
import { MIGRATIONS_TABLE, type SqlOrm } from '../databases/driver-options.js';
import { toDatabaseSchema } from './mikro-schema.js';
import type { SchemaState } from './schema-state.js';

/** Finds what would have to change in the live tables to be as described. */
export async function differenceTo(orm: SqlOrm, state: SchemaState): Promise<SchemaDifference> {
  const platform = orm.em.getPlatform();
  const wanted = toDatabaseSchema(state, platform);
  const [connection, namespaces] = [orm.em.getConnection(), wanted.getNamespaces()];
  const live = await DatabaseSchema.create(connection, platform, orm.config, undefined, namespaces, undefined, [
    MIGRATIONS_TABLE,
  ]);
  for (const table of live.getTables()) {
    // What MikroORM makes of PostgreSQL's rules loses the second word of "double precision"; the definition is whole.
    for (const check of table.getChecks()) check.expression = String(check.definition).replace(/^check\s*/i, '');
    // And it takes every column that a rule compares with texts for an enum.
    const enums =
      wanted
        .getTable(table.name)
        ?.getColumns()
        .filter(({ enumItems }) => enumItems) ?? [];
    for (const column of table.getColumns()) {
      if (!enums.some(({ name }) => name === column.name)) column.enumItems = undefined;
    }
  }
  return new SchemaComparator(platform).compare(live, wanted);
}
