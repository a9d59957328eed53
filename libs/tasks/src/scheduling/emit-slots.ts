import type { NewTask, TaskBackend } from '../backends/task-backend.js';
import { childId } from '../producing/child-id.js';
import type { TaskService } from '../producing/task.service.js';
import type { PeriodicDefinition } from './periodic-registry.js';
import { slotsBetween } from './slot-plan.js';

/** Most slots that are made up for. */
const MOST_MISSED = 1000;
/** A slot that is emitted later than that counts as missed. */
const MISSED_AFTER_MS = 10_000;

/** What looking at a periodic task came to. */
export interface Emission {
  /** Slots for which this scheduler enqueued a task. */
  readonly emitted: readonly Date[];
  /** Milliseconds until the next slot, by the clock of the backend; none when there will be no more. */
  readonly nextInMs: number | undefined;
}

/**
 * Emits the slots of a periodic task that are due by the clock of the backend, those that no other scheduler was faster
 * with. What one has claimed is claimed with its tasks or not at all, so that nothing is emitted twice or lost.
 */
export async function emitSlots(
  { task, plan, missed, overlap }: PeriodicDefinition,
  backend: TaskBackend,
  service: TaskService,
): Promise<Emission> {
  const { name } = task;
  const { now, lastSlot: previous, isPaused, lastTask } = await backend.schedule(name);
  const nextInMs = () => {
    const next = plan.next(now);
    return next && next.getTime() - now.getTime();
  };
  // Never seen before: slots count from now on.
  if (!previous) {
    await backend.claimSlot({ name, previous, slot: now, tasks: [] });
    return { emitted: [], nextInMs: nextInMs() };
  }
  const due = slotsBetween(plan, previous, now, missed === 'all' ? MOST_MISSED : 1);
  const last = due.at(-1);
  if (!last) return { emitted: [], nextInMs: nextInMs() };
  const wanted = isPaused ? [] : slotsToRun(due, now, missed);
  const slots = wanted.length > 0 && overlap === 'skip' && (await isOpen(backend, lastTask)) ? [] : wanted;
  const tasks = slots.map((slot) => slotTask(task, service, slot));
  const claimed = await backend.claimSlot({ name, previous, slot: last, tasks });
  return { emitted: claimed ? slots : [], nextInMs: nextInMs() };
}

function slotsToRun(due: readonly Date[], now: Date, missed: PeriodicDefinition['missed']): readonly Date[] {
  if (missed === 'all') return due;
  const last = due.slice(-1);
  const isLate = last.some((slot) => now.getTime() - slot.getTime() > MISSED_AFTER_MS);
  return missed === 'skip' && isLate ? [] : last;
}

/** The task of a slot; its id tells the slot, so that it is the same whoever emits it. */
export function slotTask(task: PeriodicDefinition['task'], service: TaskService, slot: Date): NewTask {
  const periodic = { name: task.name, slot: slot.toISOString() };
  return { ...service.newTask(task, {}, { periodic }), id: childId('slot', task.name, periodic.slot) };
}

async function isOpen(backend: TaskBackend, id: string | undefined): Promise<boolean> {
  const status = id === undefined ? undefined : (await backend.find(id))?.status;
  return status === 'waiting' || status === 'scheduled' || status === 'running';
}
