import type { MariaDbPlatform, MySqlSchemaHelper } from '@mikro-orm/mariadb';

/** What a platform is told of the column whose type it writes. */
export type EnumColumn = Parameters<MariaDbPlatform['getEnumTypeDeclarationSQL']>[0];

interface StoredEnum {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/**
 * The type of an enum of texts, written as the server shows it, so that the two can be compared; `undefined` for other
 * enums. MikroORM puts the values between apostrophes as they are, whatever is in them.
 */
export function enumTypeSql({ items }: EnumColumn): string | undefined {
  if (!items?.every((item) => typeof item === 'string')) return undefined;
  return `enum(${items.map((item) => `'${item.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`).join(',')})`;
}

/** Lets the values of enums be read whatever is in them: MikroORM stumbles over commas and apostrophes. */
export function withReadableEnums<T extends MySqlSchemaHelper>(helper: T): T {
  helper.getAllEnumDefinitions = async (connection, tables, transaction) => {
    const names = tables.map(() => '?').join(', ');
    const rows = await connection.execute<StoredEnum[]>(
      `select table_name as \`table\`, column_name as \`column\`, column_type as \`type\` from information_schema.columns where data_type = 'enum' and table_schema = database() and table_name in (${names})`,
      tables.map(({ table_name: name }) => name),
      'all',
      transaction,
    );
    const found: Record<string, Record<string, string[]>> = {};
    for (const { column, table, type } of rows) (found[table] ??= {})[column] = valuesIn(type);
    return found;
  };
  return helper;
}

function valuesIn(type: string): string[] {
  return [...type.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs)].map(([, value = '']) =>
    value.replaceAll(/''|\\(.)/gs, (pair, escaped?: string) => escaped ?? pair.slice(1)),
  );
}
