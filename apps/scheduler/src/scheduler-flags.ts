import { parseArgs } from 'node:util';

const HELP = `Emits the periodic tasks of the blog, until SIGTERM. Any number of schedulers may run: each slot is emitted once.

  --timezone <zone>  zone of expressions that name none        (TASK_TIMEZONE)
  --health <port>    answer below /health on this port         (HEALTH_PORT)
  --help             show this

Flags come before the variables in parentheses. Everything else is said by the settings: docs/settings.md.`;

/** What the flags of a command line say, as the settings that they stand for. */
export function settingsOfFlags(args: readonly string[]): { help: string } | { settings: Record<string, string> } {
  const { values } = parseArgs({
    args: [...args],
    options: { timezone: { type: 'string' }, health: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return { help: HELP };
  return {
    settings: {
      ...(values.timezone !== undefined && { TASK_TIMEZONE: values.timezone }),
      ...(values.health !== undefined && { HEALTH_PORT: values.health }),
    },
  };
}
