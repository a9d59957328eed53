import type { PeriodicTasks, TaskService } from '@core-framework/tasks';
import { UsageError } from '../../errors/cli.errors.js';
import type { CommandContext, ProjectOptions } from '../../program/command-context.js';
import { closestTo } from '../../program/closest-name.js';
import { defineCommand, defineGroup } from '../../program/define-command.js';
import { PROJECT_OPTION, wholeNumber } from '../../program/options.js';
import type { PackageModule } from '../../project/assembled-application.js';
import { optionalPackage } from '../../project/optional-package.js';

const TASKS: PackageModule = ['@core-framework/tasks', 'TasksModule'];

/** `core tasks` */
export function tasksCommand(context: CommandContext) {
  return defineGroup('tasks', 'Look after background and periodic tasks', [
    listCommand(context),
    runCommand(context),
    showCommand(context),
    failedCommand(context),
    retryCommand(context),
    pauseCommand(context, 'pause'),
    pauseCommand(context, 'resume'),
  ]);
}

function listCommand(context: CommandContext) {
  return defineCommand('list', {
    summary: 'List tasks, when periodic ones run, and how much waits in the queues',
    examples: ['core tasks list', 'core tasks list --json'],
  })
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (options) => {
      const { terminal } = context;
      const found = await withTasks(context, options, async ({ service, periodic }) => {
        const queues = new Set(service.tasks.map(({ queue }) => queue));
        const [timings, counts] = await Promise.all([
          periodic.list(),
          Promise.all([...queues].map(async (queue) => ({ queue, ...(await service.backend.counts(queue)) }))),
        ]);
        const timed = new Map(timings.map((state) => [state.name, state]));
        return { tasks: service.tasks.map(({ name, queue }) => ({ name, queue, ...timed.get(name) })), queues: counts };
      });
      if (options.json) return terminal.printJson(found);
      if (!found.tasks.length) return terminal.note('The application has no tasks.');
      terminal.printTable(found.tasks, [
        ['TASK', ({ name }) => name],
        ['QUEUE', ({ queue }) => queue],
        [
          'RUNS',
          ({ timing, isPaused }) => (timing ? `${timing}${isPaused ? ' (paused)' : ''}` : 'when it is enqueued'),
        ],
        ['NEXT', ({ nextSlot }) => nextSlot?.toISOString() ?? '-'],
      ]);
      terminal.print();
      terminal.printTable(found.queues, [
        ['QUEUE', ({ queue }) => queue],
        ['WAITING', ({ waiting }) => String(waiting)],
        ['SCHEDULED', ({ scheduled }) => String(scheduled)],
        ['RUNNING', ({ running }) => String(running)],
        ['FAILED', ({ failed }) => String(failed)],
      ]);
    });
}

function runCommand(context: CommandContext) {
  return defineCommand('run', {
    summary: 'Enqueue a task now; a worker runs it',
    examples: ['core tasks run EmailTasks.sendEmail \'["ann@example.com", "Hi"]\'', 'core tasks run Reports.nightly'],
  })
    .argument('<task>', 'its name')
    .argument('[args]', 'its arguments, as a JSON list')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (name, text = '[]', options) => {
      const args = listIn(text);
      const id = await withTasks(context, options, async ({ service, periodic }) => {
        const known = service.tasks.map((task) => task.name);
        if (!known.includes(name)) throw new UsageError(`There is no task "${name}".`, closestTo(name, known));
        const isPeriodic = (await periodic.list()).some((state) => state.name === name);
        return (isPeriodic && !args.length ? await periodic.runNow(name) : await service.send(name, { args })).id;
      });
      if (options.json) return context.terminal.printJson({ id });
      context.terminal.print(id);
    });
}

function showCommand(context: CommandContext) {
  return defineCommand('show', { summary: 'Show a task that was enqueued', examples: ['core tasks show 0198f3a2-…'] })
    .argument('<id>', 'its id')
    .addOption(PROJECT_OPTION())
    .action(async (id, options) => {
      const task = await withTasks(context, options, ({ service }) => service.find(id));
      if (!task) throw new UsageError(`There is no task ${id}, or it is kept no longer.`);
      context.terminal.printJson(task);
    });
}

function failedCommand(context: CommandContext) {
  return defineCommand('failed', {
    summary: 'List tasks that were given up, the last ones first',
    examples: ['core tasks failed', 'core tasks failed emails --limit 5'],
  })
    .argument('[queue]', 'a queue', 'default')
    .option('--limit <n>', 'how many', wholeNumber('--limit', 1), 50)
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (queue, { limit, json, ...options }) => {
      const failed = await withTasks(context, options, ({ service }) => service.backend.failed(queue, limit));
      if (json) return context.terminal.printJson(failed);
      if (!failed.length) return context.terminal.note(`No task of the queue ${queue} was given up.`);
      context.terminal.printTable(failed, [
        ['ID', ({ id }) => id],
        ['TASK', ({ name }) => name],
        ['ENDED', ({ endedAt }) => endedAt?.toISOString() ?? '-'],
        ['ERROR', ({ error }) => error?.split('\n', 1)[0] ?? '-'],
      ]);
    });
}

function retryCommand(context: CommandContext) {
  return defineCommand('retry', {
    summary: 'Have tasks run again that were given up',
    examples: ['core tasks retry', 'core tasks retry emails 0198f3a2-…'],
  })
    .argument('[queue]', 'a queue', 'default')
    .argument('[ids...]', 'which; all of the queue when left out')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (queue, ids, options) => {
      const revived = await withTasks(context, options, ({ service }) =>
        service.backend.revive(queue, ids.length ? ids : undefined),
      );
      if (options.json) return context.terminal.printJson({ revived });
      context.terminal.print(`${revived} will run again.`);
    });
}

function pauseCommand(context: CommandContext, verb: 'pause' | 'resume') {
  const summary =
    verb === 'pause' ? 'Have a periodic task passed over until it is resumed' : 'Have a paused task run again';
  return defineCommand(verb, { summary, examples: [`core tasks ${verb} Reports.nightly`] })
    .argument('<task>', 'its name')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action(async (name, options) => {
      await withTasks(context, options, ({ periodic }) => periodic[verb](name));
      if (options.json) context.terminal.printJson({ name, isPaused: verb === 'pause' });
      else context.terminal.print(`${name} is ${verb}d.`);
    });
}

interface Tasks {
  readonly service: TaskService;
  readonly periodic: PeriodicTasks;
}

/** @throws PackageNotUsedError, TaskBackendUnreachableError */
async function withTasks<T>(
  context: CommandContext,
  options: ProjectOptions,
  work: (tasks: Tasks) => Promise<T>,
): Promise<T> {
  await using application = await context.application(options);
  const tasks = await optionalPackage(() => import('@core-framework/tasks'), TASKS);
  const service = application.need<TaskService>(tasks.TaskService, TASKS);
  const periodic = application.need<PeriodicTasks>(tasks.PeriodicTasks, TASKS);
  await application.withRoutes();
  await service.backend.connect();
  return await application.work(() => work({ service, periodic }));
}

function listIn(text: string): readonly unknown[] {
  try {
    const value = JSON.parse(text) as unknown;
    if (Array.isArray(value)) return value as unknown[];
  } catch {
    // Told below, as what is JSON but no list is.
  }
  throw new UsageError(`${text} is no JSON list.`, `Write the arguments as in '["ann@example.com", "Hi"]'.`);
}
