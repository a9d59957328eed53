import { Logger } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { TaskBackend } from '../backends/task-backend.js';
import type { TaskService } from '../producing/task.service.js';
import { emitSlots } from './emit-slots.js';
import type { PeriodicDefinition, PeriodicRegistry } from './periodic-registry.js';

/** Longest time until the clock of the backend is looked at again; it may be set, and timers may run fast. */
const LONGEST_WAIT_MS = 60_000;
/** Time after which a backend that did not answer is asked again. */
const RETRY_MS = 1000;
/** Timers may be a little early; a slot that is not due yet would cost a further look. */
const LATENESS_MS = 2;

/** What the scheduler needs. */
export interface TaskSchedulerParts {
  readonly backend: TaskBackend;
  readonly service: TaskService;
  readonly registry: PeriodicRegistry;
  /** Where its timers are kept, one per task under its name. */
  readonly timers: SchedulerRegistry;
}

/**
 * Emits the tasks that run by the clock. Any number of them may run, with clocks as wrong as they like: whose turn it is
 * the clock of the backend tells, and each slot goes to the one that claims it.
 */
export class TaskScheduler {
  readonly #logger = new Logger('Scheduler');
  readonly #working = new Set<Promise<void>>();
  #isRunning = false;
  #isAway = false;

  constructor(private readonly parts: TaskSchedulerParts) {}

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The periodic tasks that it emits. */
  get tasks(): readonly PeriodicDefinition[] {
    return this.parts.registry.all;
  }

  start(): void {
    this.#isRunning = true;
    for (const definition of this.tasks) this.#arm(definition, 0);
  }

  /** Claims nothing more, and waits for claims under way. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const definition of this.tasks) this.#disarm(definition);
    await Promise.all(this.#working);
  }

  #arm(definition: PeriodicDefinition, waitMs: number): void {
    if (!this.#isRunning) return;
    this.#disarm(definition);
    const look = () => {
      const looking = this.#look(definition).finally(() => this.#working.delete(looking));
      this.#working.add(looking);
    };
    this.parts.timers.addTimeout(timerOf(definition), setTimeout(look, waitMs));
  }

  #disarm(definition: PeriodicDefinition): void {
    const name = timerOf(definition);
    if (this.parts.timers.doesExist('timeout', name)) this.parts.timers.deleteTimeout(name);
  }

  async #look(definition: PeriodicDefinition): Promise<void> {
    try {
      const { emitted, nextInMs } = await emitSlots(definition, this.parts.backend, this.parts.service);
      for (const slot of emitted) this.#logger.debug(`${definition.task.name} for ${slot.toISOString()}`);
      if (this.#isAway) this.#logger.log('Slots can be claimed again.');
      this.#isAway = false;
      if (nextInMs !== undefined) this.#arm(definition, Math.min(nextInMs + LATENESS_MS, LONGEST_WAIT_MS));
    } catch (error) {
      if (!this.#isAway) this.#logger.warn(`Slots cannot be claimed: ${(error as Error).message}`);
      this.#isAway = true;
      this.#arm(definition, RETRY_MS);
    }
  }
}

function timerOf({ task }: PeriodicDefinition): string {
  return `tasks:${task.name}`;
}
