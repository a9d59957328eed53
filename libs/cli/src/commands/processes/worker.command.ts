import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { collect, portNumber, PROJECT_OPTION, wholeNumber } from '../../program/options.js';
import { IDLE, runProcess } from './run-process.js';

/** `core worker` */
export function workerCommand(context: CommandContext) {
  return defineCommand('worker', {
    summary: 'Run background tasks, until SIGTERM',
    description: 'Serves no HTTP. Tasks in work when it is told to stop are finished first, or given back to others.',
    examples: [
      'core worker',
      'core worker --queue default --queue emails',
      'core worker --concurrency 8 --health 9000',
    ],
  })
    .option('--queue <name>', 'only this queue; may be repeated', collect)
    .option(
      '--concurrency <n>',
      'tasks at the same time; TASK_WORKER_CONCURRENCY when left out',
      wholeNumber('--concurrency', 1),
    )
    .option('--health <port>', 'answer below /health on this port', portNumber('--health'))
    .addOption(PROJECT_OPTION())
    .action(async ({ queue, concurrency, health, ...options }) => {
      await runProcess(context, options, {
        ...IDLE,
        TASK_WORKER: 'true',
        TASK_QUEUES: queue?.join(','),
        TASK_WORKER_CONCURRENCY: concurrency === undefined ? undefined : String(concurrency),
        HEALTH_PORT: health,
      });
    });
}
