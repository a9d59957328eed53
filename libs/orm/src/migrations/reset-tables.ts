import type { SqlEntityManager } from '@mikro-orm/sql';
import { BasePostgreSqlPlatform } from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import { withoutForeignKeyChecks } from '../databases/sqlite/foreign-key-checks.js';
import { isSqlite } from './schema-statements.js';

interface Relation {
  readonly name: string;
  readonly kind: 'table' | 'view';
}

/** Drops every table and view of the database, whoever made them. */
export async function dropAllTables(orm: SqlOrm): Promise<void> {
  const platform = orm.em.getPlatform();
  await withoutForeignKeyChecks(() =>
    orm.em.fork().transactional(async (em) => {
      const isPostgres = platform instanceof BasePostgreSqlPlatform;
      const isMysql = !isPostgres && !isSqlite(orm);
      if (isMysql) await em.execute('set foreign_key_checks = 0');
      for (const { kind, name } of await relationsOf(em, orm)) {
        // A cascade may have taken it along already.
        await em.execute(`drop ${kind} if exists ${platform.quoteIdentifier(name)}${isPostgres ? ' cascade' : ''}`);
      }
      if (isMysql) await em.execute('set foreign_key_checks = 1');
    }),
  );
}

async function relationsOf(em: SqlEntityManager, orm: SqlOrm): Promise<Relation[]> {
  if (isSqlite(orm)) {
    return em.execute(
      `select name, type as kind from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by type desc`,
    );
  }
  const here = orm.em.getPlatform() instanceof BasePostgreSqlPlatform ? 'current_schema()' : 'database()';
  return em.execute(
    `select table_name as name, case table_type when 'VIEW' then 'view' else 'table' end as kind from information_schema.tables where table_schema = ${here} order by table_type desc`,
  );
}
