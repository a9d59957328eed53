import { relative } from 'node:path';
import { CoreFactory } from '@core-framework/platform';
import type { CommandContext, ProjectOptions } from '../../program/command-context.js';
import { loadModule } from '../../project/load-module.js';

/** Settings that say what a process works on, by their variables; `undefined` leaves one as it is. */
export type ProcessSettings = Readonly<Record<string, string | undefined>>;

/** What a process leaves to others that is there for one thing alone. */
export const IDLE: ProcessSettings = {
  MESSAGE_CONSUMERS: 'false',
  OUTBOX_RELAY: 'false',
  TASK_WORKER: 'false',
  TASK_SCHEDULER: 'false',
};

/** Runs the application without HTTP until SIGTERM; never resolves, since the process ends by itself. */
export async function runProcess(
  context: CommandContext,
  options: ProjectOptions,
  settings: ProcessSettings,
): Promise<never> {
  const project = context.project(options);
  process.chdir(project.folder);
  const told = Object.entries(settings).filter(([, value]) => value !== undefined);
  Object.assign(process.env, Object.fromEntries(told));
  context.terminal.step(`Starting ${relative(project.folder, project.moduleFile)} …`);
  await CoreFactory.runWorker(() => loadModule(project.moduleFile));
  return new Promise(() => undefined);
}
