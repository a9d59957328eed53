import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

/** What the help of a command tells. */
export interface CommandTexts {
  /** One line, without a full stop. */
  readonly summary: string;
  /** What surprises; follows the summary. */
  readonly description?: string;
  /** Command lines that one would really type, `core` included. */
  readonly examples: readonly string[];
}

/** Begins a command: its name, with the texts of its help. */
export function defineCommand(name: string, { summary, description, examples }: CommandTexts): Command {
  const texts = description === undefined ? `${summary}.` : `${summary}.\n\n${description}`;
  const list = examples.map((example) => `  $ ${example}`).join('\n');
  return new Command(name).summary(summary).description(texts).addHelpText('after', `\nExamples:\n${list}`);
}

/** A word under which several commands stand. */
export function defineGroup(
  name: string,
  summary: string,
  commands: readonly CommandUnknownOpts[],
): CommandUnknownOpts {
  const group: CommandUnknownOpts = new Command(name).summary(summary).description(`${summary}.`);
  for (const command of commands) group.addCommand(command);
  const names = commands.map((command) => `  $ core ${name} ${command.name()} --help`);
  return names.length ? group.addHelpText('after', `\nExamples:\n${names.slice(0, 3).join('\n')}`) : group;
}
