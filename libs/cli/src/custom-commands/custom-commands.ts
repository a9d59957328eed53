import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { ModulesContainer } from '@nestjs/core';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';
import { PROJECT_OPTION } from '../program/options.js';
import type { AssembledApplication } from '../project/assembled-application.js';
import { type CommandHandler, type CommandInput, type CommandOptions, commandOptionsOf } from './command.decorator.js';

/** The commands that an application's providers are. */
export function customCommands(application: AssembledApplication, context: CommandContext): CommandUnknownOpts[] {
  const found = new Map<string, CommandUnknownOpts>();
  for (const { providers } of application.nest.get(ModulesContainer).values()) {
    for (const { instance, metatype } of providers.values()) {
      const options = commandOptionsOf(metatype);
      if (!options || !isHandler(instance)) continue;
      const run = (input: CommandInput) => application.work(async () => instance.run(input));
      found.set(options.name, commandOf(options, context, run));
    }
  }
  return [...found.values()];
}

function commandOf(
  { name, summary, description, arguments: given = {}, options = {}, examples = [`core ${name}`] }: CommandOptions,
  { terminal }: CommandContext,
  run: (input: CommandInput) => Promise<void>,
): CommandUnknownOpts {
  const command: CommandUnknownOpts = defineCommand(name, { summary, description, examples });
  for (const [argument, meaning] of Object.entries(given)) command.argument(argument, meaning);
  for (const [flags, meaning] of Object.entries(options)) command.option(flags, meaning);
  const names = Object.keys(given).map((argument) => argument.replaceAll(/[[\]<>.]/g, ''));
  return command.addOption(PROJECT_OPTION()).action(async () => {
    const { processedArgs } = command as CommandUnknownOpts & { processedArgs: CommandInput['arguments'][string][] };
    const values = Object.fromEntries(names.map((argument, index) => [argument, processedArgs[index]]));
    await run({ arguments: values, options: command.opts() as CommandInput['options'], terminal });
  });
}

function isHandler(instance: unknown): instance is CommandHandler {
  return typeof instance === 'object' && instance !== null && typeof Reflect.get(instance, 'run') === 'function';
}
