import type { OutboxService } from '@core-framework/outbox';
import type { CommandContext, ProjectOptions } from '../../program/command-context.js';
import { defineCommand, defineGroup } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import type { PackageModule } from '../../project/assembled-application.js';
import { optionalPackage } from '../../project/optional-package.js';

const OUTBOX: PackageModule = ['@core-framework/outbox', 'MessagingModule'];

/** `core outbox` */
export function outboxCommand(context: CommandContext) {
  return defineGroup('outbox', 'Look after what waits to be published', [
    statusCommand(context),
    retryCommand(context),
  ]);
}

function statusCommand(context: CommandContext) {
  return defineCommand('status', {
    summary: 'Tell how much waits, was given up, and for how long',
    examples: ['core outbox status', 'core outbox status --json'],
  })
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      const status = await withOutbox(context, options, (outbox) => outbox.status());
      if (options.json) return context.terminal.printJson(status);
      for (const [name, value] of Object.entries(status)) context.terminal.print(`${name}: ${value as number}`);
    });
}

function retryCommand(context: CommandContext) {
  return defineCommand('retry', {
    summary: 'Have messages published after all that were given up',
    examples: ['core outbox retry', 'core outbox retry 01890a5d-ac96-774b-bcce-b302099a8057'],
  })
    .argument('[ids...]', 'which; all when left out')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (ids, options) => {
      const revived = await withOutbox(context, options, (outbox) => outbox.retry(ids.length ? ids : undefined));
      if (options.json) return context.terminal.printJson({ revived });
      context.terminal.print(`${revived} will be published again.`);
    });
}

async function withOutbox<T>(
  context: CommandContext,
  options: ProjectOptions,
  work: (outbox: OutboxService) => Promise<T>,
): Promise<T> {
  await using application = await context.application(options);
  const { OutboxService: service } = await optionalPackage(() => import('@core-framework/outbox'), OUTBOX);
  const outbox = application.need<OutboxService>(service, OUTBOX);
  return await application.work(() => work(outbox));
}
