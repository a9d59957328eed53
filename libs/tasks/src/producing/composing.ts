import type { ChainedTask, NewTask, TaskHeaders } from '../backends/task-backend.js';
import { InvalidTaskOptionError } from '../errors/tasks.errors.js';
import { childId } from './child-id.js';
import type { TaskSignature } from './task-signature.js';

/** One task, or a list of tasks of which each follows the one before it. */
export type Steps = TaskSignature | readonly TaskSignature[];

/** Makes what a backend takes of a signature. */
export type MakeTask = (signature: TaskSignature) => NewTask;

/**
 * The first task of a chain, which carries the others.
 *
 * @param last headers of the last one
 * @throws InvalidTaskOptionError
 */
export function chainOf(steps: Steps, make: MakeTask, last: Partial<TaskHeaders> = {}): NewTask {
  const [first, ...rest] = stepsOf(steps).map((step) => withoutKey(make(step)));
  if (!first) throw new InvalidTaskOptionError('A chain is given no task.', 'Give it one at least.');
  const chain = rest.map(({ id: _id, ...task }): ChainedTask => task);
  const end = chain.pop();
  if (!end) return { ...first, headers: { ...first.headers, ...last } };
  return {
    ...first,
    headers: { ...first.headers, chain: [...chain, { ...end, headers: { ...end.headers, ...last } }] },
  };
}

/** The ids of the tasks of a chain, which those after the first get from the one before. */
export function idsOfChain({ id, headers: { chain = [] } }: Pick<NewTask, 'id' | 'headers'>): readonly string[] {
  return chain.reduce<readonly string[]>((ids) => [...ids, nextId(ids.at(-1) as string)], [id]);
}

/** The id of the task that follows another in a chain. */
export function nextId(id: string): string {
  return childId(id, 'next');
}

export function stepsOf(steps: Steps): readonly TaskSignature[] {
  return Array.isArray(steps) ? steps : [steps as TaskSignature];
}

/** Whatever follows a task would be lost with it if another one stood for it. */
function withoutKey(task: NewTask): NewTask {
  if (task.unique === undefined) return task;
  throw new InvalidTaskOptionError(
    `${task.name} is unique and part of a chain or group.`,
    'Chain tasks without `unique`, or have one of them enqueue it.',
  );
}
