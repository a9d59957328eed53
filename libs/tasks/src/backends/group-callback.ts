import { childId } from '../producing/child-id.js';
import type { NewTask, TaskGroupPlace } from './task-backend.js';

/** Id of the task that runs when all members of a group have succeeded. */
export function callbackId(group: string): string {
  return childId(group, 'callback');
}

/**
 * The task that runs when all members of a group have succeeded.
 *
 * @param results what they answered as JSON, in the order of the group; nothing where a member answered nothing
 */
export function callbackOf(
  { id, callback }: Pick<TaskGroupPlace, 'id' | 'callback'>,
  results: readonly (string | null | undefined)[],
): NewTask {
  const previous = results.map((result): unknown => (result == null ? null : JSON.parse(result)));
  return { ...callback, id: callbackId(id), headers: { ...callback.headers, previous } };
}
