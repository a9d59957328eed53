import { SeederService } from '@core-framework/orm';
import type { CommandContext, DestructiveOptions, ProjectOptions } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { ORM } from '../../project/assembled-application.js';
import { migrationsOf } from './migrations-of.js';

const DESCRIPTION =
  'Every table of the database goes, whoever made it, with all rows. Asks first, and refuses in production.';

/** `core reset_db` */
export function resetDatabaseCommand(context: CommandContext) {
  return freshCommand(context, 'reset_db', ['core reset_db', 'core reset_db --yes --seed']);
}

/** `core db fresh` */
export function databaseFreshCommand(context: CommandContext) {
  return freshCommand(context, 'fresh', ['core db fresh', 'core db fresh --seed --yes']);
}

function freshCommand(context: CommandContext, name: string, examples: readonly string[]) {
  const summary = 'Drop all tables and apply all migrations anew';
  return defineCommand(name, { summary, description: DESCRIPTION, examples })
    .option('--seed', 'run the seeders afterwards')
    .option('--database <name>', 'the connection')
    .option('-y, --yes', 'agree beforehand')
    .option('--force', 'do it in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action((options) => reset(context, options));
}

interface ResetOptions extends DestructiveOptions, ProjectOptions {
  readonly seed?: true;
  readonly database?: string;
  readonly json?: true;
}

async function reset(context: CommandContext, options: ResetOptions): Promise<void> {
  await using application = await context.application(options);
  const migrations = migrationsOf(application, options);
  await context.agree('All tables are dropped, with everything in them', application.settings, options);
  context.terminal.step('Dropping all tables …');
  const applied = await migrations.reset({ onMigration: (name) => context.terminal.step(`Applying ${name} …`) });
  const seeder = options.seed ? application.need(SeederService, ORM) : undefined;
  await seeder?.run(undefined, { onSeeder: (name) => context.terminal.step(`Seeding ${name} …`) });
  const seeded = seeder?.names() ?? [];
  if (options.json) return context.terminal.printJson({ applied, seeded });
  for (const name of applied) context.terminal.print(`Applied ${name}`);
  for (const name of seeded) context.terminal.print(`Seeded ${name}`);
}
