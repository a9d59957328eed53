import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { migrationsOf } from './migrations-of.js';

/** `core sqlmigrate` */
export function sqlMigrateCommand(context: CommandContext) {
  return defineCommand('sqlmigrate', {
    summary: 'Print the SQL of a migration on the database at hand',
    examples: ['core sqlmigrate 0001_initial', 'core sqlmigrate 0002_add_slug --backwards'],
  })
    .argument('<migration>', 'its name')
    .option('--backwards', 'the statements that undo it')
    .option('--database <name>', 'the connection')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (name, options) => {
      await using application = await context.application(options);
      const statements = await migrationsOf(application, options).sqlFor(name, options.backwards ? 'down' : 'up');
      if (options.json) return context.terminal.printJson({ statements });
      for (const statement of statements)
        context.terminal.print(/^--|;$/.test(statement) ? statement : `${statement};`);
    });
}
