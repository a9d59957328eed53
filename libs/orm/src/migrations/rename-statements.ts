import { type AbstractSqlPlatform, BasePostgreSqlPlatform } from '@mikro-orm/sql';
import { enumCheckName } from './mikro-schema.js';
import type { Rename } from './operations/operation.js';
import { type SchemaState, tableOf } from './schema-state.js';

/** The statements of a change of name; `before` still has the old one. */
export function renameStatements(platform: AbstractSqlPlatform, rename: Rename, before: SchemaState): string[] {
  const quote = (name: string) => platform.quoteIdentifier(name);
  const table = rename.kind === 'table' ? rename.from : rename.table;
  const renamed = rename.kind === 'table' ? rename.to : rename.table;
  const change = rename.kind === 'table' ? quote(rename.to) : `column ${quote(rename.from)} to ${quote(rename.to)}`;
  const statement = `alter table ${quote(table)} rename ${rename.kind === 'table' ? 'to ' : ''}${change}`;
  if (!(platform instanceof BasePostgreSqlPlatform)) return [statement];
  // Names that PostgreSQL made of the old one: the comparison expects them to be made of the new one.
  const constraints = derivedNames(platform, rename, before).map(
    ([from, to]) => `alter table ${quote(renamed)} rename constraint ${quote(from)} to ${quote(to)}`,
  );
  return [statement, ...constraints];
}

/** The other way round. */
export function reversed(rename: Rename): Rename {
  return { ...rename, from: rename.to, to: rename.from };
}

function derivedNames(platform: AbstractSqlPlatform, rename: Rename, before: SchemaState): [string, string][] {
  const { columns } = tableOf(before, rename.kind === 'table' ? rename.from : rename.table);
  const enums = Object.keys(columns).filter((column) => columns[column]?.type === 'enum');
  if (rename.kind === 'column') {
    const { from, table, to } = rename;
    if (!enums.includes(from)) return [];
    return [[enumCheckName(table, from, platform), enumCheckName(table, to, platform)]];
  }
  const { from, to } = rename;
  const keys = Object.keys(columns).filter((column) => columns[column]?.primaryKey);
  return [
    ...(keys.length > 0
      ? [
          [platform.getIndexName(from, keys, 'primary'), platform.getIndexName(to, keys, 'primary')] satisfies [
            string,
            string,
          ],
        ]
      : []),
    ...enums.map((column): [string, string] => [
      enumCheckName(from, column, platform),
      enumCheckName(to, column, platform),
    ]),
  ];
}
