import { InvalidTaskOptionError } from '../errors/tasks.errors.js';
import type { RunnableTask } from './task-definition.js';

/** The tasks whose code this process has. */
export class TaskRegistry {
  readonly #tasks = new Map<string, RunnableTask>();
  #names: readonly string[] = [];

  /** @throws InvalidTaskOptionError when another task has the name. */
  add(task: RunnableTask): void {
    if (this.#tasks.has(task.name)) {
      throw new InvalidTaskOptionError(
        `Two tasks are called "${task.name}".`,
        'Give one of them another name: @Task({ name: … }).',
      );
    }
    this.#tasks.set(task.name, task);
    this.#names = [...this.#tasks.keys()];
  }

  get(name: string): RunnableTask | undefined {
    return this.#tasks.get(name);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  get all(): readonly RunnableTask[] {
    return [...this.#tasks.values()];
  }
}
