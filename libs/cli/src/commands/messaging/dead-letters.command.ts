import type { CommandContext } from '../../program/command-context.js';
import { defineCommand, defineGroup } from '../../program/define-command.js';
import { PROJECT_OPTION, wholeNumber } from '../../program/options.js';
import { withMessaging } from './messaging-of.js';

/** `core dlq` */
export function deadLettersCommand(context: CommandContext) {
  return defineGroup('dlq', 'Look after events that consumers gave up', [
    listCommand(context),
    showCommand(context),
    replayCommand(context),
    purgeCommand(context),
  ]);
}

function listCommand(context: CommandContext) {
  return defineCommand('list', {
    summary: 'Count dead letters, or list those of a group',
    examples: ['core dlq list', 'core dlq list order-service user-events --limit 20'],
  })
    .argument('[group]', 'the group that gave them up')
    .argument('[topic]', 'the topic that they came from')
    .option('--limit <n>', 'how many', wholeNumber('--limit', 1), 50)
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (group, topic, { limit, json, ...options }) => {
      const { terminal } = context;
      if (group === undefined || topic === undefined) {
        const all = await withMessaging(context, options, 'DeadLetterService', (letters) => letters.summary());
        const counts = all.filter((place) => group === undefined || place.group === group);
        if (json) return terminal.printJson(counts);
        if (!counts.length) return terminal.note('There are no dead letters.');
        return terminal.printTable(counts, [
          ['GROUP', (place) => place.group],
          ['TOPIC', (place) => place.topic],
          ['DEAD LETTERS', ({ count }) => String(count)],
        ]);
      }
      const letters = await withMessaging(context, options, 'DeadLetterService', (service) =>
        service.list({ group, topic }, { limit }),
      );
      if (json) return terminal.printJson(letters);
      if (!letters.length) return terminal.note('There are no dead letters.');
      terminal.printTable(letters, [
        ['ID', ({ id }) => id],
        ['EVENT', ({ message }) => message.type],
        ['FAILED AT', ({ failedAt }) => failedAt.toISOString()],
        ['ATTEMPTS', ({ attempt }) => String(attempt)],
        ['REASON', ({ reason }) => reason.split('\n', 1)[0] ?? ''],
      ]);
    });
}

function showCommand(context: CommandContext) {
  return defineCommand('show', {
    summary: 'Show a dead letter with its data and the reason',
    examples: ['core dlq show order-service user-events 1718-0'],
  })
    .argument('<group>', 'the group that gave it up')
    .argument('<topic>', 'the topic that it came from')
    .argument('<id>', 'its id')
    .addOption(PROJECT_OPTION())
    .action(async (group, topic, id, options) => {
      const letter = await withMessaging(context, options, 'DeadLetterService', (letters) =>
        letters.show({ group, topic }, id),
      );
      context.terminal.printJson(letter);
    });
}

function replayCommand(context: CommandContext) {
  return defineCommand('replay', {
    summary: 'Deliver dead letters to their group again',
    examples: ['core dlq replay order-service user-events', 'core dlq replay order-service user-events 1718-0'],
  })
    .argument('<group>', 'the group that gave them up')
    .argument('<topic>', 'the topic that they came from')
    .argument('[ids...]', 'which; all when left out')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (group, topic, ids, options) => {
      const replayed = await withMessaging(context, options, 'DeadLetterService', (letters) =>
        context.terminal.during(`Delivering dead letters of ${group} again …`, () =>
          letters.replay({ group, topic }, ids.length ? ids : undefined),
        ),
      );
      if (options.json) return context.terminal.printJson({ replayed });
      context.terminal.print(`${replayed} will be delivered again.`);
    });
}

function purgeCommand(context: CommandContext) {
  return defineCommand('purge', {
    summary: 'Delete dead letters',
    examples: ['core dlq purge order-service user-events --yes'],
  })
    .argument('<group>', 'the group that gave them up')
    .argument('<topic>', 'the topic that they came from')
    .argument('[ids...]', 'which; all when left out')
    .option('-y, --yes', 'agree beforehand')
    .option('--force', 'do it in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (group, topic, ids, { json, ...options }) => {
      const purged = await withMessaging(context, options, 'DeadLetterService', async (letters, { settings }) => {
        const what = `${ids.length || 'All'} dead letters of ${group} from ${topic} are deleted`;
        await context.agree(what, settings, options);
        return context.terminal.during(`Deleting dead letters of ${group} …`, () =>
          letters.purge({ group, topic }, ids.length ? ids : undefined),
        );
      });
      if (json) return context.terminal.printJson({ purged });
      context.terminal.print(`${purged} are deleted.`);
    });
}
