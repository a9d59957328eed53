import type { SqlOrm } from '../databases/driver-options.js';
import { InvalidMigrationsError } from '../errors/migration.errors.js';
import { orderMigrations } from './migration-graph.js';
import { planAll } from './migration-plan.js';
import type { LoadedMigration } from './migration-source.js';

/** Whether a migration is applied or undone. */
export type SqlDirection = 'up' | 'down';

/** The SQL of one migration, as a database runs it that has applied all before it and none after. */
export function migrationSql(
  orm: SqlOrm,
  files: readonly LoadedMigration[],
  name: string,
  direction: SqlDirection,
): string[] {
  // One that another replaces is still to be seen, so its replacement is put aside.
  const visible = files.filter(({ replaces }) => !replaces.includes(name));
  const { migrations } = orderMigrations(visible, new Set());
  const index = migrations.findIndex((migration) => migration.name === name);
  const [planned] = index < 0 ? [] : planAll(orm, migrations.slice(index, index + 1), migrations.slice(0, index));
  if (planned === undefined) {
    throw new InvalidMigrationsError(`There is no migration ${name}.`, { fix: 'Name one by its whole name.' });
  }
  const steps = direction === 'up' ? planned.steps : planned.steps.toReversed();
  return steps.flatMap(({ description, operation, ...statements }) => {
    if (operation.kind === 'data' && operation.statements === undefined) return [`-- ${description}`];
    return statements[direction].map((statement) => (statement.endsWith(';') ? statement : `${statement};`));
  });
}
