import { BasePostgreSqlPlatform, type SqlEntityManager } from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import { CoreError } from '@core-framework/common';
import { messageOf } from '../databases/foreign-error.js';
import { withoutForeignKeyChecks } from '../databases/sqlite/foreign-key-checks.js';
import { DatabaseBusyError } from '../errors/database.errors.js';
import { IrreversibleMigrationError, MigrationFailedError } from '../errors/migration.errors.js';
import { forgetApplied, lockHistory, readHistory, recordApplied, unlockHistory } from './migration-history.js';
import type { MigrationContext } from './operations/operation.js';
import type { PlannedMigration } from './migration-plan.js';
import { isSqlite } from './schema-statements.js';
import { rebuiltTable } from './sqlite-statements.js';

/** How long to wait for another process that migrates the same database. */
const PATIENCE_MS = 120_000;

/** Where a step comes from in its migration, for errors. */
const AT_THE_END = 'check foreign keys';

/** How a migration is applied or undone. */
export interface RunOptions {
  /** Whether it is only recorded, because somebody did by hand what it does. @defaultValue false */
  readonly fake?: boolean;
  /** Told the name of each migration before it begins. */
  readonly onMigration?: (name: string) => void;
}

/** Applies one migration, or undoes it, in a transaction of its own, unless another process was faster. */
export class MigrationRunner {
  readonly #orm: SqlOrm;
  readonly #isSqlite: boolean;

  constructor(orm: SqlOrm) {
    this.#orm = orm;
    this.#isSqlite = isSqlite(orm);
  }

  /** @returns whether this call applied it. */
  apply({ name, records, steps }: PlannedMigration, { fake = false }: RunOptions = {}): Promise<boolean> {
    return this.#inTransaction(async (em) => {
      if (await this.#isApplied(em, name)) return false;
      const run = new MigrationRun(em, name, this.#orm);
      for (const step of fake ? [] : steps) {
        const { operation } = step;
        await run.step(step.description, async (execute) => {
          if (operation.kind === 'data') await operation.forward({ em, execute });
          else await this.#execute(execute, step.up);
        });
      }
      await this.#checkForeignKeys(run);
      const known = new Set((await readHistory(em)).map((applied) => applied.name));
      for (const record of records) if (!known.has(record)) await recordApplied(em, record);
      return true;
    });
  }

  /** @returns whether this call undid it. */
  undo({ name, records, steps }: PlannedMigration, { fake = false }: RunOptions = {}): Promise<boolean> {
    const final = steps.find(({ operation }) => operation.kind === 'data' && operation.backward === undefined);
    if (final !== undefined && !fake) throw new IrreversibleMigrationError(name, final.description);
    return this.#inTransaction(async (em) => {
      if (!(await this.#isApplied(em, name)) && !(await this.#areApplied(em, records))) return false;
      const run = new MigrationRun(em, name, this.#orm);
      for (const { description, down, operation } of fake ? [] : steps.toReversed()) {
        await run.step(`undo ${description}`, async (execute) => {
          if (operation.kind === 'data') await operation.backward?.({ em, execute });
          else await this.#execute(execute, down);
        });
      }
      await this.#checkForeignKeys(run);
      for (const record of records) await forgetApplied(em, record);
      return true;
    });
  }

  /** Whether all that a migration replaces is applied, which makes it applied without a record of its own. */
  async #areApplied(em: SqlEntityManager, [, ...replaced]: readonly string[]): Promise<boolean> {
    const names = new Set((await readHistory(em)).map(({ name }) => name));
    return replaced.length > 0 && replaced.every((name) => names.has(name));
  }

  async #isApplied(em: SqlEntityManager, migration: string): Promise<boolean> {
    return (await readHistory(em)).some(({ name }) => name === migration);
  }

  async #inTransaction(work: (em: SqlEntityManager) => Promise<boolean>): Promise<boolean> {
    const deadline = performance.now() + PATIENCE_MS;
    const attempt = () =>
      this.#orm.em.fork().transactional(async (em) => {
        await lockHistory(em, PATIENCE_MS);
        try {
          return await work(em);
        } finally {
          await unlockHistory(em);
        }
      });
    for (;;) {
      try {
        return await withoutForeignKeyChecks(attempt);
      } catch (error) {
        // Another process that migrates holds SQLite's write lock for as long as it takes.
        if (!(error instanceof DatabaseBusyError) || performance.now() > deadline) throw error;
      }
    }
  }

  async #execute(execute: MigrationContext['execute'], statements: readonly string[]): Promise<void> {
    const table = this.#isSqlite ? rebuiltTable(statements) : undefined;
    const kept = table === undefined ? [] : await triggersOf(execute, table);
    for (const statement of [...statements, ...kept]) await execute(statement);
  }

  async #checkForeignKeys(run: MigrationRun): Promise<void> {
    if (!this.#isSqlite) return;
    await run.step(AT_THE_END, async (execute) => {
      const [broken] = await execute('pragma foreign_key_check');
      if (broken !== undefined) {
        throw new Error(
          `a row of table "${String(broken.table)}" refers to a missing row of "${String(broken.parent)}"`,
        );
      }
    });
  }
}

/** One migration on its way: runs its steps and knows how far it got. */
class MigrationRun {
  readonly #finished: string[] = [];

  constructor(
    private readonly em: SqlEntityManager,
    private readonly migration: string,
    private readonly orm: SqlOrm,
  ) {}

  async step(operation: string, work: (execute: MigrationContext['execute']) => Promise<void>): Promise<void> {
    let statements = 0;
    try {
      await work(async (sql, parameters = []) => {
        const rows = await this.em.execute<Record<string, unknown>[]>(sql, [...parameters]);
        statements++;
        return rows;
      });
      this.#finished.push(operation);
    } catch (error) {
      const partly = statements > 0 ? [`${operation} (its first ${statements} statements)`] : [];
      const kept = rollsBackTables(this.orm) ? [] : [...this.#finished, ...partly];
      throw new MigrationFailedError({ migration: this.migration, operation, kept }, reasonOf(error), error);
    }
  }
}

/** Whether the database undoes changes of tables with the transaction that they were made in. */
function rollsBackTables(orm: SqlOrm): boolean {
  return isSqlite(orm) || orm.em.getPlatform() instanceof BasePostgreSqlPlatform;
}

/** A rebuilt table would lose the triggers that somebody gave it in SQL. */
async function triggersOf(execute: MigrationContext['execute'], table: string): Promise<string[]> {
  const rows = await execute(`select sql from sqlite_master where type = 'trigger' and tbl_name = ?`, [table]);
  return rows.map(({ sql }) => String(sql));
}

/** The database's own words without the SQL that MikroORM puts before them. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return error instanceof CoreError ? message : (message.split(' - ').at(-1) ?? message);
}
