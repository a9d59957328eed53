import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import { withMessaging } from './messaging-of.js';

/** `core events` */
export function eventsCommand(context: CommandContext) {
  return defineCommand('events', {
    summary: 'List the events of the application, who publishes and who handles them',
    examples: ['core events', 'core events --json'],
  })
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      const events = await withMessaging(context, options, 'EventRegistry', async (registry) =>
        registry.events.map(({ name, topics, description, producers, consumers, listeners, payload }) => ({
          name,
          topics,
          description,
          payload: payload?.name,
          producers: producers.map((producer) => producer.name),
          consumers: consumers.map((consumer) => ({ name: consumer.name, group: consumer.group })),
          listeners: listeners.map((listener) => listener.name),
        })),
      );
      if (options.json) return context.terminal.printJson(events);
      if (!events.length) return context.terminal.note('The application has no events.');
      const listed = (names: readonly string[]) => names.join(', ') || '-';
      context.terminal.printTable(events, [
        ['EVENT', ({ name }) => name],
        ['TOPIC', ({ topics }) => listed(topics)],
        ['PUBLISHED BY', ({ producers }) => listed(producers)],
        ['HANDLED BY', ({ consumers }) => listed(consumers.map(({ name, group }) => `${name} (${group})`))],
        ['HEARD BY', ({ listeners }) => listed(listeners)],
      ]);
    });
}
