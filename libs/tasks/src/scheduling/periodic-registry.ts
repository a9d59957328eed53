import type { MissedPolicy, OverlapPolicy } from '../decorators/periodic-task.decorator.js';
import type { RunnableTask } from '../definitions/task-definition.js';
import { UnknownTaskError } from '../errors/tasks.errors.js';
import type { SlotPlan } from './slot-plan.js';

/** A task that runs by the clock. */
export interface PeriodicDefinition {
  readonly task: RunnableTask;
  readonly plan: SlotPlan;
  readonly missed: MissedPolicy;
  readonly overlap: OverlapPolicy;
}

/** The periodic tasks of an application. */
export class PeriodicRegistry {
  readonly #tasks = new Map<string, PeriodicDefinition>();

  add(definition: PeriodicDefinition): void {
    this.#tasks.set(definition.task.name, definition);
  }

  /** @throws UnknownTaskError */
  get(name: string): PeriodicDefinition {
    const found = this.#tasks.get(name);
    if (found) return found;
    throw new UnknownTaskError(
      `No periodic task is called "${name}".`,
      `Declare it by @PeriodicTask(). There are: ${[...this.#tasks.keys()].join(', ') || 'none'}.`,
    );
  }

  get all(): readonly PeriodicDefinition[] {
    return [...this.#tasks.values()];
  }
}
