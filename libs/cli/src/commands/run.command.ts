import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { FoundProblemsError } from '../errors/cli.errors.js';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand } from '../program/define-command.js';
import { portNumber, PROJECT_OPTION } from '../program/options.js';

/** Signals that a terminal or a supervisor sends; the server ends by itself then. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `core run` */
export function runCommand(context: CommandContext) {
  return defineCommand('run', {
    summary: 'Serve the application, restarted on every change',
    description:
      'In production (ENVIRONMENT=production) nothing is watched; "node dist/main.js" does the same without this command.',
    examples: ['core run', 'core run --port 3000', 'core run --no-reload'],
  })
    .option('--host <address>', 'what to listen on; HOST when left out')
    .option('--port <number>', 'the port; PORT when left out', portNumber('--port'))
    .option('--no-reload', 'do not restart on changes')
    .addOption(PROJECT_OPTION())
    .action(async ({ host, port, reload, ...options }) => {
      const project = context.project(options);
      const file = project.mainFile;
      const isSource = file.endsWith('.ts');
      const isProduction = process.env['ENVIRONMENT'] === 'production';
      const flags = [
        ...(isSource ? ['--import', import.meta.resolve('@core-framework/cli/source-loader')] : []),
        ...(reload && isSource && !isProduction ? ['--watch', '--watch-preserve-output'] : []),
      ];
      const env = { ...process.env, ...(host && { HOST: host }), ...(port !== undefined && { PORT: port }) };
      context.terminal.step(`Starting ${relative(project.folder, file)} …`);
      const server = spawn(process.execPath, [...flags, file], { cwd: project.folder, env, stdio: 'inherit' });
      const pass = (signal: NodeJS.Signals) => void server.kill(signal);
      for (const signal of SIGNALS) process.on(signal, pass);
      const [code, signal] = (await once(server, 'exit')) as [number | null, NodeJS.Signals | null];
      for (const each of SIGNALS) process.off(each, pass);
      if (code !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM') {
        throw new FoundProblemsError(`${relative(project.folder, file)} ended with ${code ?? signal}.`);
      }
    });
}
