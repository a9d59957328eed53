import { Option } from '@commander-js/extra-typings';
import type { ColumnValue, GeneratedMigration, GenerateOptions, MigrationQuestions } from '@core-framework/orm';
import { FoundProblemsError, UsageError } from '../../errors/cli.errors.js';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { collect, PROJECT_OPTION } from '../../program/options.js';
import { migrationsOf } from './migrations-of.js';

const TEXTS = {
  summary: 'Write the migration that brings the tables to where the models are',
  description:
    'Needs no database. Renamed tables and columns are asked about at a terminal; elsewhere they must be told by --rename, ' +
    'or by --gone when what looks like a new name is none. Columns that become required need a value for the rows at hand: --fill.',
  examples: [
    'core makemigrations',
    'core makemigrations --name add_phone_to_users',
    'core makemigrations --rename users.phone=mobile --fill users.country=PT',
    'core makemigrations --check',
  ],
} as const;

/** `core makemigrations` */
export function makeMigrationsCommand(context: CommandContext) {
  return defineCommand('makemigrations', TEXTS)
    .option('-n, --name <name>', 'what it does, in snake_case; made of its operations when left out')
    .option('--dry-run', 'show it, write nothing')
    .option('--check', 'write nothing and end with 1 when a migration is missing')
    .option('--merge', 'join several ends of the history')
    .option('--rename <old=new>', 'a table, or table.column, that has a new name; may be repeated', collect)
    .option('--gone <name>', 'a table, or table.column, that was not renamed; may be repeated', collect)
    .option('--fill <column=value>', 'what rows get in a table.column that becomes required; may be repeated', collect)
    .option('--database <name>', 'the connection')
    .addOption(PROJECT_OPTION())
    .addOption(new Option('--module <file>', 'the file of the root module').hideHelp())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      await using application = await context.application(options);
      const migrations = migrationsOf(application, options);
      const dryRun = options.dryRun === true || options.check === true;
      const { name } = options;
      const made = options.merge
        ? await migrations.merge({ name, dryRun })
        : await migrations.generate({ name, dryRun, ...answersOf(options), questions: questionsAt(context) });
      if (options.json) context.terminal.printJson(made ? describe(made) : null);
      else if (!made) context.terminal.print('No changes: the migrations describe the models.');
      else show(context, made, { dryRun });
      if (options.check && made) {
        throw new FoundProblemsError('The models are ahead of the migrations.', 'Run "core makemigrations".');
      }
    });
}

function describe({ name, file, operations }: GeneratedMigration) {
  return { name, file: file.pathname, operations };
}

function show(
  { terminal }: CommandContext,
  { name, file, source, operations }: GeneratedMigration,
  { dryRun }: { dryRun: boolean },
): void {
  terminal.print(`${name}:`);
  for (const operation of operations) terminal.print(`  ${operation}`);
  if (dryRun) terminal.print(`\n${source}`);
  else terminal.note(`Written to ${file.pathname}. Look at it, then run "core migrate".`);
}

interface Answers {
  readonly rename?: readonly string[];
  readonly gone?: readonly string[];
  readonly fill?: readonly string[];
}

function answersOf({ rename = [], gone = [], fill = [] }: Answers): Pick<GenerateOptions, 'renames' | 'fills'> {
  const renames = rename.map((text) => pair(text, '--rename users.phone=mobile'));
  const fills = fill.map((text) => pair(text, '--fill users.country=PT'));
  return {
    renames: Object.fromEntries([...renames, ...gone.map((name) => [name, false] as const)]),
    fills: Object.fromEntries(fills.map(([column, value]) => [column, valueOf(value)])),
  };
}

function pair(text: string, example: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`"${text}" is no pair.`, `Write it as in ${example}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Numbers, true, false and what stands in quotes are meant as in JSON; all else is text. */
function valueOf(text: string): ColumnValue {
  if (!/^(?:-?\d+(?:\.\d+)?|true|false|".*")$/.test(text)) return text;
  return JSON.parse(text) as ColumnValue;
}

function questionsAt({ terminal }: CommandContext): Partial<MigrationQuestions> {
  if (!terminal.isInteractive) return {};
  const decide = (from: string, to: string) =>
    terminal.decide(`Was ${from} renamed to ${to}?`, 'Say --rename or --gone.');
  return {
    isRenamedTable: ({ from, to }) => decide(`the table ${from}`, to),
    isRenamedColumn: ({ table, from, to }) => decide(`the column ${table}.${from}`, to),
    fillOf: async ({ table, column }) =>
      valueOf(await terminal.ask(`What do rows at hand get in ${table}.${column}?`, 'Say --fill.')),
  };
}
