import { confirm, input, select } from '@inquirer/prompts';
import { Command, Option } from 'commander';
import { CreateError } from './create.errors.js';
import { createProject } from './create-project.js';
import { interruptible } from './interruption.js';
import {
  type BrokerChoice,
  BROKERS,
  type DatabaseChoice,
  DATABASES,
  PACKAGE_MANAGERS,
  type PackageManager,
  placeOf,
  type ProjectChoices,
} from './project-choices.js';
import { tarballsIn } from './tarballs.js';

/** Where questions are shown and answered. */
interface Questions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Where a command runs and speaks. */
export interface CreateSurroundings {
  readonly folder: string;
  readonly isInteractive: boolean;
  /** What is asked at. @defaultValue the streams of the process, standard error for the questions */
  readonly questions?: Questions;
  /** Writes a line beside the result. */
  note(text: string): void;
  /** Writes a line of the result. */
  print(text: string): void;
}

interface CreateCommandOptions {
  readonly db?: DatabaseChoice;
  readonly auth?: boolean;
  readonly messaging?: BrokerChoice | true | false;
  readonly tasks?: boolean;
  readonly minimal?: true;
  readonly packageManager?: PackageManager;
  readonly packages?: string;
  readonly install: boolean;
  readonly git: boolean;
  readonly yes?: true;
  readonly json?: true;
}

/** The command that makes projects: `create-core-app`, and `core init`. */
export function createCommand(name: string, surroundings: CreateSurroundings): Command {
  const line = name === 'init' ? 'core init' : name;
  return new Command(name)
    .summary('Make a new project')
    .description(
      'Make a new project: it runs, with documentation, accounts and tests, on a database that needs no server.',
    )
    .argument('[name]', 'its name, or the path of its folder')
    .addOption(new Option('--db <kind>', 'database of the .env file (default: sqlite)').choices(DATABASES))
    .option('--auth', 'with accounts (the default)')
    .option('--no-auth', 'without accounts')
    .addOption(new Option('--messaging [broker]', 'with events, over that broker').choices(BROKERS))
    .option('--tasks', 'with background tasks')
    .option('--minimal', 'models and ViewSets only')
    .addOption(new Option('--package-manager <name>', 'who installs').choices(PACKAGE_MANAGERS))
    .option('--packages <folder>', "take the framework's packages from tarballs in a folder")
    .option('--no-install', 'write files only')
    .option('--no-git', 'make no repository')
    .option('-y, --yes', 'ask nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  $ ${line} blog --yes\n  $ ${line} shop --db postgres --messaging redis --tasks`,
    )
    .action(async (target: string | undefined, options: CreateCommandOptions) => {
      const { questions = { input: process.stdin, output: process.stderr } } = surroundings;
      const asks = surroundings.isInteractive && !options.yes ? questions : undefined;
      const place = placeOf(target ?? (await askName(asks)), surroundings.folder);
      const choices = await choose(options, asks);
      const source = options.packages === undefined ? undefined : tarballsIn(options.packages);
      const onStep = (step: string) => options.json ?? surroundings.note(step);
      const { install, git } = options;
      const files = await interruptible((signal) =>
        createProject({ place, choices, install, git, source, onStep, signal }),
      );
      if (options.json) surroundings.print(JSON.stringify({ ...place, choices, files }, null, 2));
      else surroundings.print(nextSteps(target ?? place.name, options.install, choices));
    });
}

async function askName(asks: Questions | undefined): Promise<string> {
  if (asks) return input({ message: 'Name of the project:', default: 'my-app' }, asks);
  throw new CreateError('CREATE_QUESTION_NEEDED', 'The project has no name.', 'Say it: create-core-app my-app.');
}

/** Options decide; what they leave open is asked where somebody can answer, or is as most want it. */
async function choose(options: CreateCommandOptions, asks: Questions | undefined): Promise<ProjectChoices> {
  const { db, auth, messaging, minimal, packageManager = installedBy() } = options;
  const broker = messaging === true ? 'memory' : messaging || undefined;
  if (minimal)
    return { database: db ?? 'sqlite', auth: false, messaging: broker, tasks: options.tasks ?? false, packageManager };
  if (!asks)
    return {
      database: db ?? 'sqlite',
      auth: auth ?? true,
      messaging: broker,
      tasks: options.tasks ?? false,
      packageManager,
    };
  const database = db ?? (await select({ message: 'Database:', choices: [...DATABASES], default: 'sqlite' }, asks));
  return {
    database,
    auth: auth ?? (await confirm({ message: 'Accounts (registration, sign-in, permissions)?', default: true }, asks)),
    messaging: broker ?? (await askBroker(asks)),
    tasks: options.tasks ?? (await confirm({ message: 'Background and periodic tasks?', default: false }, asks)),
    packageManager,
  };
}

async function askBroker(asks: Questions): Promise<BrokerChoice | undefined> {
  const choices = [{ name: 'none', value: undefined }, ...BROKERS.map((name) => ({ name, value: name }))];
  return select<BrokerChoice | undefined>({ message: 'Events:', choices, default: undefined }, asks);
}

/** The package manager that runs this command, as it says itself. */
function installedBy(): PackageManager {
  const agent = process.env['npm_config_user_agent'] ?? '';
  return PACKAGE_MANAGERS.find((manager) => agent.startsWith(`${manager}/`)) ?? 'npm';
}

function nextSteps(
  folder: string,
  isInstalled: boolean,
  { database, packageManager: manager }: ProjectChoices,
): string {
  const exec = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn' }[manager];
  const steps = [
    `cd ${folder}`,
    ...(database === 'sqlite' || database === 'pglite' ? [] : ['(make the database that DATABASE_URL in .env names)']),
    ...(isInstalled ? [] : [`${manager} install`, `${exec} core makemigrations --name initial`]),
    `${manager} start`,
    `${exec} core g resource Post -f title:string:required,max:200 -f body:text -m`,
  ];
  return ['', 'Next:', ...steps.map((step) => `  ${step}`), ''].join('\n');
}
