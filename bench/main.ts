import { type BenchOptions, readOptions } from './measure/bench-options.js';

const SUITES = {
  auth: () => import('./auth/auth.bench.js'),
  messaging: () => import('./messaging/messaging.bench.js'),
  orm: () => import('./orm/orm.bench.js'),
  tasks: () => import('./tasks/tasks.bench.js'),
  types: () => import('./types/types.bench.js'),
  viewset: () => import('./viewset/viewset.bench.js'),
} as const;

const NAMES = Object.keys(SUITES).join('|');
const USAGE = `npm run bench -- ${NAMES} [--json]

Compares rivals in one run on one machine: numbers only mean something beside each other.

  --json              prints the figures as JSON instead of a table
  --help              prints this

of viewset, tasks and messaging:

  --only <scenarios>  runs the scenarios (drivers, brokers) whose names have one of these parts: retrieve,create

of viewset and tasks:

  --markdown          prints tables to paste into a README
  --rounds <n>        repeats a scenario so often

and of viewset alone:

  --seconds <n>       loads each server so long in each round
  --profile <folder>  has each server write a profile of its processor time there`;

/** Runs the benchmark of that name. */
async function main([name = '', ...flags]: readonly string[]): Promise<void> {
  if ([name, ...flags].includes('--help')) return console.log(USAGE);
  if (!Object.hasOwn(SUITES, name)) return refuse(`Name a benchmark: npm run bench -- ${NAMES}`);
  let options: BenchOptions;
  try {
    options = readOptions(flags);
  } catch (error) {
    return refuse((error as Error).message);
  }
  const suite = await SUITES[name as keyof typeof SUITES]();
  await suite.run(options);
}

function refuse(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

await main(process.argv.slice(2));
