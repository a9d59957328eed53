import type { CommandContext } from '../../program/command-context.js';
import { defineCommand, defineGroup } from '../../program/define-command.js';
import { PROJECT_OPTION, wholeNumber } from '../../program/options.js';
import { withMessaging } from './messaging-of.js';

/** `core topics` */
export function topicsCommand(context: CommandContext) {
  return defineGroup('topics', 'Look after the topics of the broker', [
    listCommand(context),
    createCommand(context),
    deleteCommand(context),
  ]);
}

function listCommand(context: CommandContext) {
  return defineCommand('list', {
    summary: 'List topics with their groups and how far behind those are',
    examples: ['core topics list', 'core topics list --json'],
  })
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      const topics = await withMessaging(context, options, 'TopicsService', (service) => service.describeAll());
      if (options.json) return context.terminal.printJson(topics);
      if (!topics.length) return context.terminal.note('The broker has no topics.');
      const rows = topics.flatMap(({ topic, partitions, groups }) =>
        groups.length
          ? groups.map((group) => ({ topic, partitions, ...group }))
          : [{ topic, partitions, group: '-', lag: 0, deadLetters: 0 }],
      );
      context.terminal.printTable(rows, [
        ['TOPIC', ({ topic }) => topic],
        ['PARTITIONS', ({ partitions }) => String(partitions)],
        ['GROUP', ({ group }) => group],
        ['LAG', ({ lag }) => String(lag)],
        ['DEAD LETTERS', ({ deadLetters }) => String(deadLetters)],
      ]);
    });
}

function createCommand(context: CommandContext) {
  return defineCommand('create', {
    summary: 'Create a topic; one that exists stays as it is',
    examples: ['core topics create user-events', 'core topics create user-events --partitions 3'],
  })
    .argument('<topic>', 'its name')
    .option('--partitions <n>', 'partitions, on brokers that have them', wholeNumber('--partitions', 1))
    .option('--replication-factor <n>', 'copies, on brokers that keep them', wholeNumber('--replication-factor', 1))
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (topic, { partitions, replicationFactor, json, ...options }) => {
      await withMessaging(context, options, 'TopicsService', (service) =>
        service.create(topic, { partitions, replicationFactor }),
      );
      if (json) context.terminal.printJson({ topic });
      else context.terminal.print(`${topic} is there.`);
    });
}

function deleteCommand(context: CommandContext) {
  return defineCommand('delete', {
    summary: 'Delete a topic with all that its groups have not dealt with',
    examples: ['core topics delete old-events --yes'],
  })
    .argument('<topic>', 'its name')
    .option('-y, --yes', 'agree beforehand')
    .option('--force', 'do it in production too')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (topic, options) => {
      await withMessaging(context, options, 'TopicsService', async (service, { settings }) => {
        const { groups } = await service.describe(topic);
        const left = groups.reduce((sum, { lag }) => sum + lag, 0);
        await context.agree(`${topic} is deleted, with ${left} events that wait`, settings, options);
        await service.delete(topic);
      });
      if (options.json) context.terminal.printJson({ deleted: topic });
      else context.terminal.print(`${topic} is deleted.`);
    });
}
