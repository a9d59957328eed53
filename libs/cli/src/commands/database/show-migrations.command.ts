import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { migrationsOf } from './migrations-of.js';

/** `core showmigrations` */
export function showMigrationsCommand(context: CommandContext) {
  return defineCommand('showmigrations', {
    summary: 'List the migrations and which of them are applied',
    examples: ['core showmigrations', 'core showmigrations --json'],
  })
    .option('--database <name>', 'the connection')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      await using application = await context.application(options);
      const list = await migrationsOf(application, options).list();
      if (options.json) return context.terminal.printJson(list);
      if (!list.length) context.terminal.print('There are no migrations. Write the first with "core makemigrations".');
      for (const { name, isApplied, appliedAt } of list) {
        context.terminal.print(`[${isApplied ? 'X' : ' '}] ${name}${appliedAt ? `  ${appliedAt.toISOString()}` : ''}`);
      }
    });
}
