import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { portNumber, PROJECT_OPTION } from '../../program/options.js';
import { IDLE, runProcess } from './run-process.js';

/** `core scheduler` */
export function schedulerCommand(context: CommandContext) {
  return defineCommand('scheduler', {
    summary: 'Emit periodic tasks, until SIGTERM',
    description: 'Any number of schedulers may run: each slot is emitted once.',
    examples: ['core scheduler', 'core scheduler --health 9000'],
  })
    .option('--health <port>', 'answer below /health on this port', portNumber('--health'))
    .addOption(PROJECT_OPTION())
    .action(async ({ health, ...options }) => {
      await runProcess(context, options, { ...IDLE, TASK_SCHEDULER: 'true', HEALTH_PORT: health });
    });
}
