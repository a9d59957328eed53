import type { AbstractSqlPlatform, DatabaseTable, SchemaDifference, TableDifference } from '@mikro-orm/sql';

/** Ends the name of the table that a rebuild fills. */
const REBUILT = '__rebuilt';

/**
 * Writes the difference between two schemas as SQLite statements.
 *
 * SQLite alters little in place: a table that needs more is built anew, filled and put in the old one's place. That is
 * only safe with foreign key checks off, or dropping the old table deletes the rows that refer to it.
 */
export function sqliteStatements(platform: AbstractSqlPlatform, difference: SchemaDifference): string[] {
  const quote = (name: string) => platform.quoteIdentifier(name);
  return [
    ...Object.values(difference.newTables).flatMap((table) => created(platform, table)),
    ...Object.values(difference.removedTables).map((table) => `drop table ${quote(table.name)}`),
    ...Object.values(difference.changedTables).flatMap((table) =>
      needsRebuild(table) ? rebuilt(platform, table) : altered(platform, table),
    ),
  ];
}

/** The table that these statements replace by a new one, if they do. */
export function rebuiltTable(statements: readonly string[]): string | undefined {
  return statements.map((statement) => RENAME.exec(statement)?.[1]).find((name) => name !== undefined);
}

const RENAME = new RegExp(`^alter table \`(.+)${REBUILT}\` rename to`);

function needsRebuild(table: TableDifference): boolean {
  const inPlace = new Set(['addedColumns', 'addedIndexes', 'removedIndexes', 'changedIndexes', 'renamedIndexes']);
  const changes = Object.entries(table).filter(([, value]) => isFilledRecord(value));
  const needsMore = changes.some(([kind]) => !inPlace.has(kind) && kind !== 'fromTable' && kind !== 'toTable');
  const { addedColumns, addedChecks, addedIndexes, removedIndexes, changedIndexes, renamedIndexes } = table;
  const keys = [addedColumns, addedIndexes, removedIndexes, changedIndexes, renamedIndexes];
  return (
    needsMore ||
    Object.keys(addedChecks).length > 0 ||
    keys.some((changed) => Object.values(changed).some(({ primary }) => primary))
  );
}

function isFilledRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function altered(platform: AbstractSqlPlatform, { toTable, ...difference }: TableDifference): string[] {
  const helper = platform.getSchemaHelper();
  const { addedColumns, addedIndexes, removedIndexes, changedIndexes, renamedIndexes } = difference;
  const dropped = [...Object.keys(removedIndexes), ...Object.keys(changedIndexes), ...Object.keys(renamedIndexes)];
  const added = [addedIndexes, changedIndexes, renamedIndexes].flatMap((indexes) => Object.values(indexes));
  return [
    ...dropped.map((index) => `drop index ${platform.quoteIdentifier(index)}`),
    ...Object.values(addedColumns).map(
      (column) => `alter table ${toTable.getQuotedName()} add column ${helper?.createTableColumn(column, toTable)}`,
    ),
    ...added.flatMap((index) => helper?.createIndex(index, toTable) ?? []),
  ].map(withoutSemicolon);
}

function rebuilt(platform: AbstractSqlPlatform, { fromTable, toTable }: TableDifference): string[] {
  const quote = (name: string) => platform.quoteIdentifier(name);
  const [old, temporary] = [quote(toTable.name), quote(`${toTable.name}${REBUILT}`)];
  const copied = toTable.getColumns().filter(({ name }) => fromTable.hasColumn(name));
  const [create = '', ...indexes] = created(platform, toTable);
  const values = copied.map(({ name, nullable, default: fallback }) => {
    const becomesRequired = !nullable && fromTable.getColumn(name)?.nullable && fallback;
    return becomesRequired ? `coalesce(${quote(name)}, ${fallback})` : quote(name);
  });
  const counts = [fromTable, toTable].every((table) => table.getColumns().some(({ autoincrement }) => autoincrement));
  return [
    create.replace(`create table ${old}`, `create table ${temporary}`),
    `insert into ${temporary} (${copied.map(({ name }) => quote(name)).join(', ')}) select ${values.join(', ')} from ${old}`,
    ...(counts ? keptSequence(platform, toTable.name) : []),
    `drop table ${old}`,
    `alter table ${temporary} rename to ${old}`,
    ...indexes,
  ];
}

/** Keys of deleted rows must not come back, so the counter of the old table goes on in the new one. */
function keptSequence(platform: AbstractSqlPlatform, table: string): string[] {
  const [old, temporary] = [platform.quoteValue(table), platform.quoteValue(`${table}${REBUILT}`)];
  return [
    `delete from sqlite_sequence where name = ${temporary}`,
    `insert into sqlite_sequence (name, seq) select ${temporary}, seq from sqlite_sequence where name = ${old}`,
  ];
}

function created(platform: AbstractSqlPlatform, table: DatabaseTable): string[] {
  const statements = platform.getSchemaHelper()?.createTable(table) ?? [];
  return statements.map(withoutSemicolon).filter((statement) => statement !== '');
}

function withoutSemicolon(statement: string): string {
  return statement.trim().replace(/;$/, '');
}
