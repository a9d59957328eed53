import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { SchematicDescription, SchematicOption, SchematicResult } from '@core-framework/schematics';
import { PackageNotUsedError } from '../errors/cli.errors.js';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand, defineGroup } from '../program/define-command.js';
import { collect, collectListed, wholeNumber } from '../program/options.js';
import type { PackageModule } from '../project/assembled-application.js';
import { optionalPackage } from '../project/optional-package.js';

type Schematics = typeof import('@core-framework/schematics');

const SCHEMATICS: PackageModule = ['@core-framework/schematics', 'nothing; it is a development dependency'];
/** What Nest's command always sends, and what nobody who types wants to see. */
const HIDDEN = new Set([
  'name',
  'type',
  'sourceRoot',
  'spec',
  'crud',
  'language',
  'specFileSuffix',
  'format',
  'collection',
]);
/** Short names that the words of other frameworks' users have. */
const SHORT: Readonly<Record<string, string>> = { protected: 'p', values: 'v', status: 's' };

/** By the name of the generator; the others are about a model. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  migration: ['core g migration', 'core g migration add_phone_to_users'],
  model: ['core g model Post -f title:string:max:200 -f author:belongsTo:User -m'],
  viewset: ['core g viewset Post', 'core g viewset Post --read-only'],
  enum: ['core g enum Status -v draft -v published', 'core g enum Status --values draft,published'],
  exception: ['core g exception PaymentFailed --status 402'],
  permission: ['core g permission IsEditor'],
  task: ['core g task SendEmail --queue emails --retry 5'],
  consumer: ['core g consumer Orders', 'core g consumer Orders --topics user-events --events user.created'],
  event: ['core g event UserCreated -f email:email', 'core g event UserCreated --topic user-events'],
  middleware: ['core g middleware Logging'],
  app: ['core g app admin'],
  resource: [
    'core g resource Post -f title:string:required,max:200 -f body:text -m',
    'core g resource Comment -f body:text -f post:belongsTo:Post --owner author --soft-delete',
    'core g resource Tag -f name:string:unique,max:50 --only list,retrieve --dry-run',
  ],
};

/**
 * `core g`, with a command for each generator where `word`, the first of the line, asks for them.
 *
 * @throws PackageNotUsedError when something is to be generated and no generators are installed.
 */
export async function generateCommand(context: CommandContext, word: string): Promise<CommandUnknownOpts> {
  const group = (commands: readonly CommandUnknownOpts[]) =>
    defineGroup('g', 'Generate resources and their parts', commands);
  if (word !== 'g' && word !== 'list') return group([]);
  try {
    const schematics: Schematics = await optionalPackage(() => import('@core-framework/schematics'), SCHEMATICS);
    // The others are for Nest's own command: nest-add prepares projects that are not made by ours.
    const generators = schematics.listSchematics().filter(({ name }) => name.startsWith('core-'));
    return group(generators.map((schematic) => commandOf(context, schematics, schematic)));
  } catch (error) {
    if (word === 'list' && error instanceof PackageNotUsedError) return group([]);
    throw error;
  }
}

function commandOf(
  context: CommandContext,
  { runSchematic }: Schematics,
  schematic: SchematicDescription,
): CommandUnknownOpts {
  const { description, options, required } = schematic;
  const name = schematic.name.replace(/^core-/, '');
  const summary = description.replace(/\.$/, '');
  const examples = EXAMPLES[name] ?? [`core g ${name} Post`];
  const command: CommandUnknownOpts = defineCommand(name, { summary, examples }).alias(schematic.name);
  if (options['name']) command.argument(required.includes('name') ? '<name>' : '[name]', options['name'].description);
  for (const [property, option] of Object.entries(options)) {
    if (!HIDDEN.has(property)) command.addOption(optionOf(property, option));
  }
  command.option('--dry-run', 'show what would be done, do nothing');
  command.option('--json', 'print the result as JSON');
  return command.action(async () => {
    const { processedArgs } = command as CommandUnknownOpts & { processedArgs: (string | undefined)[] };
    const { dryRun, json, ...given } = command.opts() as Record<string, unknown> & { dryRun?: true; json?: true };
    const { folder } = context.project({ project: given['project'] as string | undefined });
    // Generators work on the workspace around the folder of the process, as Nest's do.
    process.chdir(folder);
    const values = { ...given, ...(processedArgs[0] !== undefined && { name: processedArgs[0] }) };
    const result = await context.terminal.during('Generating …', () =>
      runSchematic({ folder, schematic: schematic.name, options: values, dryRun }),
    );
    if (json) context.terminal.printJson(result);
    else show(context, result, dryRun === true);
  });
}

function optionOf(
  property: string,
  { type, description, alias, default: standard, enum: choices }: SchematicOption,
): Option {
  const long = property.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const letter = alias?.length === 1 ? alias : SHORT[property];
  const short = letter === undefined ? '' : `-${letter}, `;
  if (type === 'boolean') {
    return standard === true
      ? new Option(`--no-${long}`, `not: ${description}`)
      : new Option(`${short}--${long}`, description);
  }
  const option = new Option(`${short}--${long} <${type === 'array' ? 'one' : 'value'}>`, description);
  if (type === 'array') option.argParser(property === 'fields' ? collect : collectListed);
  if (type === 'number' || type === 'integer') option.argParser(wholeNumber(`--${long}`));
  return choices ? option.choices(choices) : option;
}

function show({ terminal }: CommandContext, { changes, messages }: SchematicResult, isDryRun: boolean): void {
  for (const { kind, path } of changes) terminal.print(`${kind.toUpperCase()} ${path}`);
  for (const message of messages) terminal.print(message);
  if (isDryRun) terminal.note('Nothing was written.');
}
