import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { collect, portNumber, PROJECT_OPTION } from '../../program/options.js';
import { IDLE, runProcess } from './run-process.js';

/** `core consumer` */
export function consumerCommand(context: CommandContext) {
  return defineCommand('consumer', {
    summary: 'Run the consumers of events, until SIGTERM',
    description: 'Serves no HTTP and runs no tasks. What is in work when it is told to stop is finished first.',
    examples: [
      'core consumer',
      'core consumer --group order-service --topic user-events',
      'core consumer --health 9000',
    ],
  })
    .option('--group <name>', 'only this group; may be repeated', collect)
    .option('--topic <name>', 'only events of this topic; may be repeated', collect)
    .option('--no-relay', 'leave the outbox to other processes')
    .option('--health <port>', 'answer below /health on this port', portNumber('--health'))
    .addOption(PROJECT_OPTION())
    .action(async ({ group, topic, relay, health, ...options }) => {
      await runProcess(context, options, {
        ...IDLE,
        MESSAGE_CONSUMERS: 'true',
        MESSAGE_GROUPS: group?.join(','),
        MESSAGE_TOPICS: topic?.join(','),
        OUTBOX_RELAY: String(relay),
        HEALTH_PORT: health,
      });
    });
}
