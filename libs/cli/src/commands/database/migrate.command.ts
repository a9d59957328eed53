import type { MigrationService, PlannedMigration } from '@core-framework/orm';
import { FoundProblemsError, UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION, wholeNumber } from '../../program/options.js';
import { type DatabaseOptions, migrationsOf } from './migrations-of.js';

const TEXTS = {
  summary: 'Apply the migrations that are pending, or undo the latest',
  description: 'Any number of processes may migrate at once; each migration is applied once.',
  examples: [
    'core migrate',
    'core migrate 0003_add_slug',
    'core migrate --plan --sql',
    'core migrate --check',
    'core migrate --rollback',
    'core migrate --rollback 3',
    'core migrate zero',
  ],
} as const;

interface MigrateCommandOptions extends DatabaseOptions {
  readonly rollback?: number | true;
  readonly check?: true;
  readonly plan?: true;
  readonly sql?: true;
  readonly fake?: true;
  readonly json?: true;
  readonly yes?: true;
  readonly force?: true;
  readonly project?: string;
}

/** `core migrate` */
export function migrateCommand(context: CommandContext) {
  return defineCommand('migrate', TEXTS)
    .argument('[target]', 'the last migration that is applied afterwards; "zero" for none')
    .option('--rollback [steps]', 'undo the latest migrations: one, or as many as named', wholeNumber('--rollback', 1))
    .option('--check', 'do nothing and end with 1 when a migration is pending')
    .option('--plan', 'show what would be done, do nothing')
    .option('--sql', 'with --plan: show the statements')
    .option('--fake', 'only record it: the tables are as they should be already')
    .option('--database <name>', 'the connection')
    .option('-y, --yes', 'agree beforehand to undo migrations')
    .option('--force', 'undo migrations in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action((target, options) => migrate(context, target, options));
}

/** `core db rollback`, which seeds of projects know as `db:rollback`. */
export function rollbackCommand(context: CommandContext) {
  return defineCommand('rollback', {
    summary: 'Undo the latest migrations',
    examples: ['core db rollback', 'core db rollback --steps 3', 'core db rollback --plan'],
  })
    .option('--steps <n>', 'how many', wholeNumber('--steps', 1), 1)
    .option('--plan', 'show what would be done, do nothing')
    .option('--sql', 'with --plan: show the statements')
    .option('--fake', 'only record it')
    .option('--database <name>', 'the connection')
    .option('-y, --yes', 'agree beforehand')
    .option('--force', 'do it in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(({ steps, ...options }) => migrate(context, undefined, { ...options, rollback: steps }));
}

async function migrate(
  context: CommandContext,
  target: string | undefined,
  { rollback, ...options }: MigrateCommandOptions,
): Promise<void> {
  if (rollback !== undefined && target !== undefined) {
    throw new UsageError('A target and --rollback were both given.', 'Name one: how many steps, or where to end.');
  }
  await using application = await context.application(options);
  const migrations = migrationsOf(application, options);
  if (options.check) return await checkPending(context, migrations, options);
  const undone = await undoing(migrations, rollback === true ? 1 : rollback, target);
  const planned = undone ?? (await migrations.plan({ to: target }));
  if (options.plan) return showPlan(context, planned, undone !== undefined, options);
  if (undone?.length) {
    await context.agree(
      `${listed(undone)} will be undone, with the data in what they added`,
      application.settings,
      options,
    );
  }
  const { fake } = options;
  const onMigration = (name: string) => context.terminal.step(`${undone ? 'Undoing' : 'Applying'} ${name} …`);
  const names = undone
    ? await migrations.rollback({
        ...(target === undefined ? { steps: undone.length } : { to: target }),
        fake,
        onMigration,
      })
    : await migrations.migrate({ to: target, fake, onMigration });
  if (options.json) return context.terminal.printJson({ [undone ? 'undone' : 'applied']: names });
  const verb = undone ? 'Undone' : fake ? 'Recorded' : 'Applied';
  for (const name of names) context.terminal.print(`${verb} ${name}`);
  if (!names.length) context.terminal.print(undone ? 'There is nothing to undo.' : 'Nothing is pending.');
}

/** @throws FoundProblemsError when a migration is pending. */
async function checkPending(
  { terminal }: CommandContext,
  migrations: MigrationService,
  { json }: MigrateCommandOptions,
): Promise<void> {
  const pending = await migrations.pending();
  if (json) terminal.printJson({ pending });
  else for (const name of pending) terminal.print(`Pending ${name}`);
  if (pending.length) throw new FoundProblemsError('Migrations are pending.', 'Run "core migrate".');
  if (!json) terminal.print('Nothing is pending.');
}

/** What would be undone; `undefined` when the target lies ahead. */
async function undoing(
  migrations: MigrationService,
  steps: number | undefined,
  target: string | undefined,
): Promise<readonly PlannedMigration[] | undefined> {
  if (steps !== undefined) return migrations.rollbackPlan(steps);
  if (target === undefined) return undefined;
  const isApplied =
    target === 'zero' || (await migrations.list()).some(({ name, isApplied: is }) => name === target && is);
  return isApplied ? migrations.rollbackPlan({ to: target }) : undefined;
}

function listed(migrations: readonly PlannedMigration[]): string {
  return migrations.map(({ name }) => name).join(', ');
}

function showPlan(
  { terminal }: CommandContext,
  planned: readonly PlannedMigration[],
  isUndoing: boolean,
  { json, sql }: MigrateCommandOptions,
): void {
  const plan = planned.map(({ name, steps }) => ({
    name,
    steps: (isUndoing ? steps.toReversed() : steps).map(({ description, up, down }) => ({
      description,
      statements: isUndoing ? down : up,
    })),
  }));
  if (json) return terminal.printJson({ direction: isUndoing ? 'down' : 'up', migrations: plan });
  if (!plan.length) terminal.print(isUndoing ? 'There is nothing to undo.' : 'Nothing is pending.');
  for (const { name, steps } of plan) {
    terminal.print(`${isUndoing ? 'undo' : 'apply'} ${name}`);
    for (const { description, statements } of steps) {
      terminal.print(`  ${description}`);
      if (sql) for (const statement of statements) terminal.print(`    ${statement};`);
    }
  }
}
