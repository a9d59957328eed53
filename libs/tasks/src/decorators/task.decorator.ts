import { checkTaskOptions, type TaskOptions } from '../definitions/task-options.js';
import { recordTask } from '../metadata/tasks.metadata.js';

/**
 * Makes a method of a provider a task: it can be called as before, and also be run later, by a worker, through the
 * `TaskClient` of its class. Its arguments and its result travel as JSON. A last parameter of the type `TaskContext` is
 * filled in by the worker.
 *
 * @throws InvalidTaskOptionError
 */
export function Task(options: TaskOptions<never[]> = {}): MethodDecorator {
  return (target, method) => {
    checkTaskOptions(`${target.constructor.name}.${String(method)}`, options);
    recordTask(target, { method: String(method), options });
  };
}
