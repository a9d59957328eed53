import { TableNotFoundException } from '@mikro-orm/core';
import { BaseMySqlPlatform, BasePostgreSqlPlatform, type SqlEntityManager } from '@mikro-orm/sql';
import { MIGRATIONS_TABLE } from '../databases/driver-options.js';
import { DatabaseBusyError } from '../errors/database.errors.js';

/** Any number, the same in every process that migrates one database. */
const LOCK = 4_927_816_305;

/** Locks have names there, which all databases of a server share. */
const MYSQL_LOCK = `sha1(concat('${MIGRATIONS_TABLE}:', database()))`;

/** One migration that the database records as applied. */
export interface AppliedMigration {
  readonly name: string;
  readonly appliedAt: Date;
}

/** Reads which migrations were applied, in their order. Makes no table: a database that has none has no history. */
export async function readHistory(em: SqlEntityManager): Promise<AppliedMigration[]> {
  try {
    const sql = `select name, applied_at from ${MIGRATIONS_TABLE} order by name`;
    const rows = await em.execute<{ name: string; applied_at: string }[]>(sql);
    return rows.map(({ name, applied_at }) => ({ name, appliedAt: new Date(applied_at) }));
  } catch (error) {
    if (error instanceof TableNotFoundException) return [];
    throw error;
  }
}

/**
 * Keeps other processes from migrating until {@link unlockHistory}, and makes the table of the history.
 *
 * On SQLite the transaction itself is the lock, since it began as a writing one; on PostgreSQL the lock ends with it.
 * MySQL's belongs to the connection, because changes of tables end transactions there.
 */
export async function lockHistory(em: SqlEntityManager, patienceMs: number): Promise<void> {
  const platform = em.getPlatform();
  if (platform instanceof BasePostgreSqlPlatform) await em.execute('select pg_advisory_xact_lock(?)', [LOCK]);
  if (platform instanceof BaseMySqlPlatform) {
    const [row] = await em.execute<{ locked: number }[]>(`select get_lock(${MYSQL_LOCK}, ?) as locked`, [
      Math.ceil(patienceMs / 1000),
    ]);
    if (row?.locked !== 1) {
      throw new DatabaseBusyError(
        'another process that migrates the database',
        patienceMs,
        'Look what it does, and try again.',
      );
    }
  }
  await em.execute(
    `create table if not exists ${MIGRATIONS_TABLE} (name varchar(255) not null primary key, applied_at varchar(30) not null)`,
  );
}

/** Lets others migrate, where the end of the transaction does not. */
export async function unlockHistory(em: SqlEntityManager): Promise<void> {
  if (em.getPlatform() instanceof BaseMySqlPlatform) await em.execute(`select release_lock(${MYSQL_LOCK})`);
}

export async function recordApplied(em: SqlEntityManager, name: string): Promise<void> {
  await em.execute(`insert into ${MIGRATIONS_TABLE} (name, applied_at) values (?, ?)`, [
    name,
    new Date().toISOString(),
  ]);
}

export async function forgetApplied(em: SqlEntityManager, name: string): Promise<void> {
  await em.execute(`delete from ${MIGRATIONS_TABLE} where name = ?`, [name]);
}
