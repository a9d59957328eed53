import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { start } from 'node:repl';
import { DATABASE, type Database, F, isModel, Q } from '@core-framework/orm';
import type { CommandContext } from '../../program/command-context.js';
import { defineCommand } from '../../program/define-command.js';
import { PROJECT_OPTION } from '../../program/options.js';
import type { AssembledApplication } from '../../project/assembled-application.js';
import { evaluate, inspected } from './evaluate.js';

/** `core shell` */
export function shellCommand(context: CommandContext) {
  return defineCommand('shell', {
    summary: 'Try things out: a Node prompt with the models and providers of the application',
    description:
      'Models stand there by their names, with Q, F, app, settings, database and get(Provider). Code that is piped in is run and its end waited for.',
    examples: [
      'core shell',
      'core shell -e "await Post.objects.count()"',
      'echo "await Post.objects.count()" | core shell',
    ],
  })
    .option('-e, --eval <code>', 'run it, print what it gives, and end')
    .addOption(PROJECT_OPTION())
    .action(async ({ eval: code, ...options }) => {
      await using application = await context.application(options);
      const { terminal } = context;
      const names = namesOf(application);
      await application.work(async () => {
        if (code !== undefined || !terminal.isInteractive) {
          const result = await evaluate(code ?? (await terminal.readInput()), names);
          if (result !== undefined) terminal.print(typeof result === 'string' ? result : inspected(result));
          return;
        }
        terminal.note(`Here are ${Object.keys(names).join(', ')}. Leave with .exit`);
        const inContext = AsyncLocalStorage.snapshot();
        const repl = start({ prompt: 'core> ' });
        Object.assign(repl.context, names);
        // Lines come from the terminal, which knows nothing of the unit of work around.
        const { eval: standard } = repl;
        Reflect.set(repl, 'eval', (...line: Parameters<typeof standard>) =>
          inContext(() => standard.apply(repl, line)),
        );
        await once(repl, 'exit');
      });
    });
}

function namesOf(application: AssembledApplication): Readonly<Record<string, unknown>> {
  const database = application.find<Database>(DATABASE);
  const models = [...(database?.orm.getMetadata().getAll().values() ?? [])]
    .map((entity) => entity.class as unknown)
    .filter(isModel);
  return {
    ...Object.fromEntries(models.map((model) => [model.name, model])),
    Q,
    F,
    app: application.nest,
    settings: application.settings,
    ...(database && { database }),
    get: (token: never) => application.nest.get(token, { strict: false }),
  };
}
