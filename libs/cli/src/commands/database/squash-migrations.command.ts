import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { migrationsOf } from './migrations-of.js';

/** `core squashmigrations` */
export function squashMigrationsCommand(context: CommandContext) {
  return defineCommand('squashmigrations', {
    summary: 'Write one migration that stands for several',
    description: 'Databases that have applied those count it as applied. Remove them once every database has.',
    examples: [
      'core squashmigrations 0001_initial 0004_add_slug',
      'core squashmigrations 0001_initial 0004_add_slug --name base',
    ],
  })
    .argument('<from>', 'the first')
    .argument('<to>', 'the last')
    .option('-n, --name <name>', 'what it is called, in snake_case')
    .option('--dry-run', 'show it, write nothing')
    .option('--database <name>', 'the connection')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (from, to, { name, dryRun, json, ...options }) => {
      await using application = await context.application(options);
      const made = await migrationsOf(application, options).squash({ from, to, name, dryRun });
      if (json) {
        const { file, operations } = made;
        return context.terminal.printJson({ name: made.name, file: file.pathname, operations });
      }
      context.terminal.print(`${made.name}:`);
      for (const operation of made.operations) context.terminal.print(`  ${operation}`);
      if (dryRun) context.terminal.print(`\n${made.source}`);
      else context.terminal.note(`Written to ${made.file.pathname}.`);
    });
}
