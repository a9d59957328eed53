import {
  BaseMySqlPlatform,
  DatabaseSchema,
  type DatabaseTable,
  SchemaComparator,
  type SchemaDifference,
} from '@mikro-orm/sql';
import { MIGRATIONS_TABLE, type SqlOrm } from '../databases/driver-options.js';
import { toDatabaseSchema } from './mikro-schema.js';
import type { SchemaState } from './schema-state.js';
import { isSqlite } from './schema-statements.js';

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
  for (const table of live.getTables()) orderKey(table, wanted);
  if (isSqlite(orm)) nameForeignKeys(live, wanted);
  if (platform instanceof BaseMySqlPlatform) for (const table of live.getTables()) dropIndexesOfKeys(table, wanted);
  return new SchemaComparator(platform).compare(live, wanted);
}

/** A key says the same in whichever order its columns stand, and no operation changes the order. */
function orderKey(table: DatabaseTable, wanted: DatabaseSchema): void {
  const key = table.getPrimaryKey();
  const columns = wanted.getTable(table.name)?.getPrimaryKey()?.columnNames ?? [];
  if (key?.columnNames.toSorted().join() !== columns.toSorted().join()) return;
  table.setIndexes(
    table.getIndexes().map((index) => (index.primary ? { ...index, columnNames: [...columns] } : index)),
  );
}

/** SQLite keeps no names of foreign keys, so those found are called as those wanted for the same columns. */
function nameForeignKeys(live: DatabaseSchema, wanted: DatabaseSchema): void {
  for (const table of live.getTables()) {
    const named = Object.values(wanted.getTable(table.name)?.getForeignKeys() ?? {});
    const keys = Object.values(table.getForeignKeys()).map((key) => {
      const same = named.find(({ columnNames }) => columnNames.join() === key.columnNames.join());
      return same ? { ...key, constraintName: same.constraintName } : key;
    });
    table.setForeignKeys(Object.fromEntries(keys.map((key) => [key.constraintName, key])));
  }
}

/** MySQL makes an index for each foreign key that has none, and gives it the name of the key. */
function dropIndexesOfKeys(table: DatabaseTable, wanted: DatabaseSchema): void {
  const keys = table.getForeignKeys();
  const isMade = (name: string) => Object.hasOwn(keys, name) && !wanted.getTable(table.name)?.hasIndex(name);
  table.setIndexes(table.getIndexes().filter(({ keyName }) => !isMade(keyName)));
}
