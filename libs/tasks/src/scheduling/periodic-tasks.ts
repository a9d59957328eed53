import { randomUUID } from 'node:crypto';
import type { TaskService } from '../producing/task.service.js';
import { TaskHandle } from '../producing/task-handle.js';
import { slotTask } from './emit-slots.js';
import type { PeriodicRegistry } from './periodic-registry.js';

/** A periodic task, as operators see it. */
export interface PeriodicTaskState {
  readonly name: string;
  readonly queue: string;
  /** When it runs, for people. */
  readonly timing: string;
  readonly isPaused: boolean;
  readonly nextSlot?: Date;
  /** The slot up to which all have been emitted or passed over. */
  readonly lastSlot?: Date;
  /** Id of the task that was emitted last. */
  readonly lastTask?: string;
}

/** What operators ask of periodic tasks; in any process that knows them, a scheduler need not run in it. */
export class PeriodicTasks {
  constructor(
    private readonly registry: PeriodicRegistry,
    private readonly service: TaskService,
  ) {}

  async list(): Promise<readonly PeriodicTaskState[]> {
    return Promise.all(
      this.registry.all.map(async ({ task: { name, queue }, plan }) => {
        const { now, isPaused, lastSlot, lastTask } = await this.service.backend.schedule(name);
        const nextSlot = plan.next(now);
        return {
          name,
          queue,
          timing: plan.description,
          isPaused,
          ...(nextSlot && { nextSlot }),
          ...(lastSlot && { lastSlot }),
          ...(lastTask && { lastTask }),
        };
      }),
    );
  }

  /** Runs it now, beside its slots. @throws UnknownTaskError */
  async runNow(name: string): Promise<TaskHandle> {
    const { task } = this.registry.get(name);
    const [enqueued] = await this.service.enqueue([{ ...slotTask(task, this.service, new Date()), id: randomUUID() }]);
    return new TaskHandle(this.service.backend, enqueued?.id ?? '', enqueued?.isNew);
  }

  /** Has all schedulers pass over its slots until {@link resume}. @throws UnknownTaskError */
  pause(name: string): Promise<void> {
    return this.service.backend.pauseSchedule(this.registry.get(name).task.name, true);
  }

  /** Slots that passed meanwhile stay passed over. @throws UnknownTaskError */
  resume(name: string): Promise<void> {
    return this.service.backend.pauseSchedule(this.registry.get(name).task.name, false);
  }
}
