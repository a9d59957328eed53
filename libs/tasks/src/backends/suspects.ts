import type { TaskDelivery } from './task-backend.js';

/** Milliseconds after which a task is offered again that has to wait for another one under suspicion. */
export const SUSPECT_DELAY_MS = 1000;
/** Milliseconds that one under suspicion waits before it runs, so that what was taken along with it is back in its queue. */
export const SUSPECT_PAUSE_MS = 250;
const CRASHES = 2;

/**
 * Whether workers have died over a task so often that it may be the reason. Of these a worker runs one at a time: what only
 * happened to be run beside the culprit is not given up with it.
 */
export function isSuspect({ crashes }: Pick<TaskDelivery, 'crashes'>): boolean {
  return crashes >= CRASHES;
}
