import { CommanderError } from 'commander';
import { createCommand } from './create-command.js';
import { CreateError } from './create.errors.js';
import { InterruptedError } from './interruption.js';

/** Runs `create-core-app` and answers the exit code: 0 done, 1 failed, 2 a wrong command line, 130 interrupted, 143 told to stop. */
export async function runCreate(words: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const command = createCommand('create-core-app', {
    folder: process.cwd(),
    isInteractive: stdin.isTTY && stderr.isTTY && !process.env['CI'],
    note: (text) => stderr.write(`${text}\n`),
    print: (text) => stdout.write(`${text}\n`),
  });
  try {
    await command.exitOverride().parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Error && error.name === 'ExitPromptError') return 130;
    if (error instanceof InterruptedError) return error.exitCode;
    if (!(error instanceof CreateError)) throw error;
    stderr.write(`${error.message}\n${error.fix}\n[${error.code}]\n`);
    return error.isMisuse ? 2 : 1;
  }
}
