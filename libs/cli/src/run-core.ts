import 'reflect-metadata';
import { CoreError } from '@core-framework/common';
import { describeFailure, explainFailure } from '@core-framework/platform';
import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import type { CreateError, InterruptedError } from 'create-core-app';
import { customCommands } from './custom-commands/custom-commands.js';
import { withoutAlias } from './program/aliases.js';
import { CommandContext } from './program/command-context.js';
import { createProgram } from './program/program.js';
import { type Streams, Terminal } from './terminal/terminal.js';

/** Where a command line runs. */
export interface CoreOptions {
  /** @defaultValue the folder of the process */
  readonly folder?: string;
  /** @defaultValue those of the process */
  readonly streams?: Streams;
}

/** Ended well. */
const DONE = 0;
/** The command failed, or found what it looks for. */
const FAILED = 1;
/** The command line itself is wrong. */
const MISUSED = 2;
/** Ended by Ctrl-C at a question: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/**
 * Runs a command line as `core` does and answers the exit code: 0 done, 1 failed, 2 a wrong command line, 130 interrupted,
 * 143 told to stop.
 */
export async function runCore(words: readonly string[], options: CoreOptions = {}): Promise<number> {
  const { folder = process.cwd(), streams = process } = options;
  const terminal = new Terminal(streams, process.env, words.includes('--json'));
  const context = new CommandContext(terminal, folder);
  const line = withoutAlias(words);
  try {
    const program = await createProgram(context, line[0]);
    prepare(program, streams, words.includes('--json'));
    if (line.length === 0) program.outputHelp();
    else await run(program, context, line, streams);
    return DONE;
  } catch (error) {
    if (isCommanderError(error)) {
      if (error.exitCode === 0) return DONE;
      if (words.includes('--json')) streams.stderr.write(`${JSON.stringify({ error: misuse(error) })}\n`);
      return MISUSED;
    }
    if (error instanceof Error && error.name === 'ExitPromptError') return INTERRUPTED;
    if (isInterruption(error)) return error.exitCode;
    if (words.includes('--json')) streams.stderr.write(`${JSON.stringify({ error: explainFailure(error) })}\n`);
    else streams.stderr.write(`${describeFailure(error, isDebugging())}\n`);
    return isMisuse(error) ? MISUSED : FAILED;
  }
}

/** Runs a command of ours; a word that none of them has may be one of the application's own. */
async function run(
  program: CommandUnknownOpts,
  context: CommandContext,
  line: readonly string[],
  streams: Streams,
): Promise<void> {
  const [word = ''] = line;
  const isOurs = word.startsWith('-') || word === 'help' || program.commands.some((command) => command.name() === word);
  if (isOurs || !context.isInProject) return void (await program.parseAsync(line, { from: 'user' }));
  await using application = await context.application({ project: projectIn(line) });
  for (const command of customCommands(application, context)) program.addCommand(command);
  prepare(program, streams, line.includes('--json'));
  await program.parseAsync(line, { from: 'user' });
}

/** The value of `--project`, which decides where an application's own commands are looked for. */
function projectIn(line: readonly string[]): string | undefined {
  const at = line.findIndex((word) => word === '-p' || word === '--project');
  return at < 0 ? undefined : line[at + 1];
}

/** Has every command report instead of ending the process; programs are told of a misuse as of every other error. */
function prepare(command: CommandUnknownOpts, { stdout, stderr }: Streams, isForPrograms: boolean): void {
  command.exitOverride();
  const writeErr = (text: string) => isForPrograms || stderr.write(text);
  command.configureOutput({ writeOut: (text) => stdout.write(text), writeErr });
  for (const child of command.commands) prepare(child, { stdout, stderr } as Streams, isForPrograms);
}

/** What is wrong with a command line, in the form of other errors. */
function misuse({ message }: CommanderError) {
  const [problem, ...fix] = message.replace(/^error: /, '').split('\n');
  return { code: 'CLI_USAGE', message: problem, fix: fix.join(' ').replace(/^\((.*)\)$/, '$1') || 'See --help.' };
}

/** Told by its code: `core init` comes from another package, which may have another copy of the library. */
function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && String((error as Partial<CommanderError>).code).startsWith('commander.');
}

/** Errors of generators and of `core init` say it themselves. */
function isMisuse(error: unknown): boolean {
  if (error instanceof CoreError) return error.code === 'CLI_USAGE';
  return error instanceof Error && (error as Partial<CreateError>).isMisuse === true;
}

/** Told by its name, for the same reason. */
function isInterruption(error: unknown): error is InterruptedError {
  return error instanceof Error && error.name === 'InterruptedError';
}

function isDebugging(): boolean {
  return /^(1|true|yes|on)$/i.test(process.env['DEBUG'] ?? '');
}
