import { parseArgs } from 'node:util';

const HELP = `Runs the consumers and the tasks of the blog and publishes its events, until SIGTERM.

  --group <name>    run this group of consumers only; may be repeated     (MESSAGE_GROUPS)
  --topic <name>    take events from this topic only; may be repeated     (MESSAGE_TOPICS)
  --no-consumers    run no consumers                                      (MESSAGE_CONSUMERS)
  --no-relay        leave the outbox to other processes                   (OUTBOX_RELAY)
  --queue <name>    take tasks from this queue only; may be repeated      (TASK_QUEUES)
  --concurrency <n> run so many tasks at the same time                    (TASK_WORKER_CONCURRENCY)
  --no-tasks        run no tasks                                          (TASK_WORKER)
  --health <port>   answer below /health on this port                     (HEALTH_PORT)
  --help            show this

Flags come before the variables in parentheses. Everything else is said by the settings: docs/settings.md.`;

/** What the flags of a command line say, as the settings that they stand for. */
export function settingsOfFlags(args: readonly string[]): { help: string } | { settings: Record<string, string> } {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      group: { type: 'string', multiple: true },
      topic: { type: 'string', multiple: true },
      consumers: { type: 'boolean' },
      relay: { type: 'boolean' },
      queue: { type: 'string', multiple: true },
      concurrency: { type: 'string' },
      tasks: { type: 'boolean' },
      health: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return { help: HELP };
  return {
    settings: {
      ...(values.group && { MESSAGE_GROUPS: values.group.join() }),
      ...(values.topic && { MESSAGE_TOPICS: values.topic.join() }),
      ...(values.consumers !== undefined && { MESSAGE_CONSUMERS: String(values.consumers) }),
      ...(values.relay !== undefined && { OUTBOX_RELAY: String(values.relay) }),
      ...(values.queue && { TASK_QUEUES: values.queue.join() }),
      ...(values.concurrency !== undefined && { TASK_WORKER_CONCURRENCY: values.concurrency }),
      ...(values.tasks !== undefined && { TASK_WORKER: String(values.tasks) }),
      ...(values.health !== undefined && { HEALTH_PORT: values.health }),
    },
  };
}
