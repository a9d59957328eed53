import { readFileSync } from 'node:fs';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { createCommand } from 'create-core-app';
import { changePasswordCommand } from '../commands/accounts/change-password.command.js';
import { createSuperuserCommand } from '../commands/accounts/create-superuser.command.js';
import { checkCommand } from '../commands/check.command.js';
import { configCommand } from '../commands/config.command.js';
import { dumpCommand } from '../commands/database/dump.command.js';
import { loadCommand } from '../commands/database/load.command.js';
import { makeMigrationsCommand } from '../commands/database/make-migrations.command.js';
import { migrateCommand, rollbackCommand } from '../commands/database/migrate.command.js';
import { databaseFreshCommand, resetDatabaseCommand } from '../commands/database/reset-database.command.js';
import { seedCommand } from '../commands/database/seed.command.js';
import { showMigrationsCommand } from '../commands/database/show-migrations.command.js';
import { sqlMigrateCommand } from '../commands/database/sql-migrate.command.js';
import { squashMigrationsCommand } from '../commands/database/squash-migrations.command.js';
import { deployCommand } from '../commands/deploy.command.js';
import { docsCommand } from '../commands/docs.command.js';
import { doctorCommand } from '../commands/doctor/doctor.command.js';
import { generateCommand } from '../commands/generate.command.js';
import { listCommand } from '../commands/list.command.js';
import { deadLettersCommand } from '../commands/messaging/dead-letters.command.js';
import { eventsCommand } from '../commands/messaging/events.command.js';
import { outboxCommand } from '../commands/messaging/outbox.command.js';
import { topicsCommand } from '../commands/messaging/topics.command.js';
import { consumerCommand } from '../commands/processes/consumer.command.js';
import { schedulerCommand } from '../commands/processes/scheduler.command.js';
import { workerCommand } from '../commands/processes/worker.command.js';
import { routesCommand } from '../commands/routes.command.js';
import { runCommand } from '../commands/run.command.js';
import { shellCommand } from '../commands/shell/shell.command.js';
import { tasksCommand } from '../commands/tasks/tasks.command.js';
import type { CommandContext } from './command-context.js';
import { defineGroup } from './define-command.js';

/** All commands; those that generate are there only where the first word asks for them, since they take a moment to load. */
export async function createProgram(context: CommandContext, word = ''): Promise<CommandUnknownOpts> {
  const program: CommandUnknownOpts = new Command('core')
    .description('Runs, looks after and extends applications of Core Framework.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', '\nMore on one: core <command> --help. All commands: core list.')
    .showSuggestionAfterError()
    .enablePositionalOptions();
  const commands: readonly CommandUnknownOpts[] = [
    createCommand('init', context.surroundings) as unknown as CommandUnknownOpts,
    runCommand(context),
    routesCommand(context),
    checkCommand(context),
    doctorCommand(context),
    configCommand(context),
    docsCommand(context),
    shellCommand(context),
    makeMigrationsCommand(context),
    migrateCommand(context),
    showMigrationsCommand(context),
    sqlMigrateCommand(context),
    squashMigrationsCommand(context),
    resetDatabaseCommand(context),
    defineGroup('db', 'Fill, empty and copy the database', [
      seedCommand(context),
      databaseFreshCommand(context),
      rollbackCommand(context),
      dumpCommand(context),
      loadCommand(context),
    ]),
    await generateCommand(context, word),
    deployCommand(context),
    workerCommand(context),
    schedulerCommand(context),
    consumerCommand(context),
    topicsCommand(context),
    eventsCommand(context),
    outboxCommand(context),
    deadLettersCommand(context),
    tasksCommand(context),
    createSuperuserCommand(context),
    changePasswordCommand(context),
    listCommand(context, () => program),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
