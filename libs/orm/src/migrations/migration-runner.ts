import type { SqlEntityManager } from '@mikro-orm/sql';
import type { SqlOrm } from '../databases/driver-options.js';
import { CoreError } from '@core-framework/common';
import { messageOf } from '../databases/foreign-error.js';
import { withoutForeignKeyChecks } from '../databases/sqlite/foreign-key-checks.js';
import { DatabaseBusyError } from '../errors/database.errors.js';
import { IrreversibleMigrationError, MigrationFailedError } from '../errors/migration.errors.js';
import { forgetApplied, lockHistory, readHistory, recordApplied } from './migration-history.js';
import type { MigrationContext } from './operations/operation.js';
import type { PlannedMigration, PlannedStep } from './migration-plan.js';
import { isSqlite } from './schema-statements.js';
import { rebuiltTable } from './sqlite-statements.js';

/** How long to wait for another process that migrates the same database. */
const PATIENCE_MS = 120_000;

/** Where a step comes from in its migration, for errors. */
const AT_THE_END = 'check foreign keys';

/** Applies one migration, or undoes it, in a transaction of its own, unless another process was faster. */
export class MigrationRunner {
  readonly #orm: SqlOrm;
  readonly #isSqlite: boolean;

  constructor(orm: SqlOrm) {
    this.#orm = orm;
    this.#isSqlite = isSqlite(orm);
  }

  /** @returns whether this call applied it. */
  apply({ name, steps }: PlannedMigration): Promise<boolean> {
    return this.#inTransaction(async (em) => {
      if (await this.#isApplied(em, name)) return false;
      for (const step of steps) {
        const { operation } = step;
        await this.#run(em, name, step.description, async (context) => {
          if (operation.kind === 'data') await operation.forward(context);
          else await this.#execute(context, step.up);
        });
      }
      await this.#checkForeignKeys(em, name);
      await recordApplied(em, name);
      return true;
    });
  }

  /** @returns whether this call undid it. */
  undo({ name, steps }: PlannedMigration): Promise<boolean> {
    const final = steps.find(({ operation }) => operation.kind === 'data' && operation.backward === undefined);
    if (final !== undefined) throw new IrreversibleMigrationError(name, final.description);
    return this.#inTransaction(async (em) => {
      if (!(await this.#isApplied(em, name))) return false;
      for (const step of steps.toReversed()) {
        await this.#run(em, name, `undo ${step.description}`, (context) => this.#undoStep(context, step));
      }
      await this.#checkForeignKeys(em, name);
      await forgetApplied(em, name);
      return true;
    });
  }

  async #undoStep(context: MigrationContext, { operation, down }: PlannedStep): Promise<void> {
    if (operation.kind === 'data') await operation.backward?.(context);
    else await this.#execute(context, down);
  }

  async #isApplied(em: SqlEntityManager, migration: string): Promise<boolean> {
    return (await readHistory(em)).some(({ name }) => name === migration);
  }

  async #inTransaction(work: (em: SqlEntityManager) => Promise<boolean>): Promise<boolean> {
    const deadline = performance.now() + PATIENCE_MS;
    const attempt = () =>
      this.#orm.em.fork().transactional(async (em) => {
        await lockHistory(em, this.#isSqlite);
        return work(em);
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

  async #run(
    em: SqlEntityManager,
    migration: string,
    operation: string,
    work: (context: MigrationContext) => Promise<void>,
  ): Promise<void> {
    const execute: MigrationContext['execute'] = (sql, parameters = []) => em.execute(sql, [...parameters]);
    try {
      await work({ em, execute });
    } catch (error) {
      throw new MigrationFailedError(migration, operation, reasonOf(error), error);
    }
  }

  async #execute({ execute }: MigrationContext, statements: readonly string[]): Promise<void> {
    const table = this.#isSqlite ? rebuiltTable(statements) : undefined;
    const kept = table === undefined ? [] : await triggersOf(execute, table);
    for (const statement of [...statements, ...kept]) await execute(statement);
  }

  async #checkForeignKeys(em: SqlEntityManager, migration: string): Promise<void> {
    if (!this.#isSqlite) return;
    await this.#run(em, migration, AT_THE_END, async ({ execute }) => {
      const [broken] = await execute('pragma foreign_key_check');
      if (broken !== undefined) {
        throw new Error(
          `a row of table "${String(broken.table)}" refers to a missing row of "${String(broken.parent)}"`,
        );
      }
    });
  }
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
