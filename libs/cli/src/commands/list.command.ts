import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { describeFailure } from '@core-framework/platform';
import { customCommands } from '../custom-commands/custom-commands.js';
import { aliases } from '../program/aliases.js';
import type { CommandContext, ProjectOptions } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';
import { PROJECT_OPTION } from '../program/options.js';

/** A command as lists show it. */
interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly aliases: readonly string[];
}

/** `core list` */
export function listCommand(context: CommandContext, program: () => CommandUnknownOpts) {
  return defineCommand('list', { summary: 'List all commands', examples: ['core list', 'core list --json'] })
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }) => {
      const commands = [...leavesOf(program(), ''), ...(await ownCommands(context, options))];
      const { terminal } = context;
      if (json) return terminal.printJson(commands);
      terminal.printTable(commands, [
        ['COMMAND', ({ name }) => name],
        ['WHAT IT DOES', ({ summary }) => summary],
        ['ALSO', (command) => command.aliases.join(', ')],
      ]);
    });
}

/** The application's own commands; one that cannot be put together does not keep the others from being listed. */
async function ownCommands(context: CommandContext, options: ProjectOptions): Promise<Listed[]> {
  if (!context.isInProject) return [];
  try {
    await using application = await context.application(options);
    return customCommands(application, context).map((command) => ({
      name: command.name(),
      summary: command.summary(),
      aliases: [],
    }));
  } catch (error) {
    context.terminal.note(`Commands of the application are left out: ${describeFailure(error, false)}`);
    return [];
  }
}

function leavesOf(command: CommandUnknownOpts, path: string): Listed[] {
  return command.commands.flatMap((child) => {
    const name = `${path}${child.name()}`;
    if (child.commands.length) return leavesOf(child, `${name} `);
    return [
      { name, summary: child.summary(), aliases: aliases.filter(([, real]) => real === name).map(([alias]) => alias) },
    ];
  });
}
