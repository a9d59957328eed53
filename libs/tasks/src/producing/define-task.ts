import { checkTaskOptions, type TaskOptions } from '../definitions/task-options.js';
import { taskDefinitionOf } from '../definitions/task-definition.js';
import { createTaskCall } from './task-calls.js';
import type { TaskCall } from './task-client.js';
import { TaskService } from './task.service.js';

/** A function that is a task; what workers need of it stands under its name. */
export interface DefinedTask<A extends readonly unknown[] = never[], R = unknown> {
  /** What it says of itself. */
  readonly taskOptions: TaskOptions<never[]>;
  readonly taskName: string;
  /** Runs it here and now. */
  (...args: A): Promise<R>;
}

/**
 * Makes a function a task: it can be called as before, and also be run later, by the workers of the applications that name
 * it in `TasksModule.forFeature([…])`. `TaskContext.current()` tells it what a run knows of itself.
 *
 * @param name names it between processes
 * @throws InvalidTaskOptionError
 *
 * @example
 * export const resizeImage = defineTask('images.resize', async (path: string) => { … }, { queue: 'images' });
 * await resizeImage.delay('a.png');
 */
export function defineTask<A extends readonly unknown[], R>(
  name: string,
  run: (...args: A) => R,
  options: Omit<TaskOptions<A>, 'name'> = {},
): TaskCall<A, Awaited<R>> & DefinedTask<A, Awaited<R>> {
  const taskOptions = options as TaskOptions<never[]>;
  checkTaskOptions(name, taskOptions);
  const call = createTaskCall<A, Awaited<R>>(
    name,
    () => {
      const service = TaskService.current();
      return { service, definition: taskDefinitionOf(name, taskOptions, service.defaults) };
    },
    (args) => run(...args),
  );
  return Object.assign(call, { taskOptions });
}
