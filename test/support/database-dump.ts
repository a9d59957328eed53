import { CoreOrmModule, type Database, DATABASE } from '@core-framework/orm';
import { NestFactory } from '@nestjs/core';

/** The rows of all tables of a database, whoever made them. */
export class DatabaseDump {
  private constructor(readonly tables: readonly (readonly [table: string, rows: string])[]) {}

  /** @throws Error when there is no table in it. */
  static async of(url: string): Promise<DatabaseDump> {
    const app = await NestFactory.createApplicationContext(CoreOrmModule.forRoot({ url }), { logger: false });
    try {
      const em = app.get<Database>(DATABASE, { strict: false }).orm.em.fork();
      const schema = /^(?:mysql|mariadb):/.test(url) ? 'database()' : 'current_schema()';
      const names = await em.execute<{ name: string }[]>(
        url.startsWith('sqlite')
          ? `select name from sqlite_master where type = 'table'`
          : `select table_name as name from information_schema.tables where table_schema = ${schema}`,
      );
      if (names.length === 0) throw new Error(`${url} has no table.`);
      const tables: (readonly [string, string])[] = [];
      for (const { name } of names) {
        const rows = await em.execute(`select * from ${em.getPlatform().quoteIdentifier(name)}`);
        tables.push([
          name,
          JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
        ]);
      }
      return new DatabaseDump(tables);
    } finally {
      await app.close();
    }
  }
}
